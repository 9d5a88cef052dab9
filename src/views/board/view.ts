import { z } from 'zod';

/** What of the board is asked for: in the address, for it holds only codes, dates and keyed ids. */
export interface BoardView {
  readonly show: Show;
  readonly sort: Sort;
  readonly direction: 'asc' | 'desc';
  /** The row before the first of this page. */
  readonly after?: Cursor | undefined;
}

/** States of a refill, in the order of their urgency; `no-pump`: none is implanted or looked after here. */
export const states = ['past-alarm-date', 'past-due-date', 'due-soon', 'unknown', 'before-due', 'no-pump'] as const;

export type State = (typeof states)[number];

/** What can be asked for beside a state: everyone with a pump, who was not heard of, whose booking went by. */
export const shows = ['all', ...states, 'not-heard-of', 'booking-past'] as const;

export type Show = (typeof shows)[number];

export const sorts = ['due', 'alarm', 'refilled', 'heard', 'booked'] as const;

export type Sort = (typeof sorts)[number];

/** Value of the sorted column, null where there is none, and the keyed id. */
export type Cursor = readonly [string | number | null, string];

const cursor = z.tuple([z.union([z.string().max(30), z.int(), z.null()]), z.string().max(64)]);

const query = z.strictObject({
  state: z.enum(shows).default('all'),
  sort: z.enum(sorts).default('due'),
  direction: z.enum(['asc', 'desc']).default('asc'),
  after: z
    .string()
    .max(200)
    .transform((text, context) => {
      const read = cursor.safeParse(fromToken(text));
      if (read.success) return read.data;
      context.addIssue({ code: 'custom', message: 'not a mark of a page' });
      return z.NEVER;
    })
    .optional(),
});

/** The view that an address asks for; undefined: it asks for something that there is not. */
export function viewOf(asked: unknown): BoardView | undefined {
  const read = query.safeParse(asked);
  if (!read.success) return undefined;
  const { state: show, ...rest } = read.data;
  return { show, ...rest };
}

/** The query that asks for a view, with its question mark; what is as by default is left out. */
export function addressOf({ show, sort, direction, after }: BoardView): string {
  const parameters = new URLSearchParams({
    ...(show !== 'all' && { state: show }),
    ...(sort !== 'due' && { sort }),
    ...(direction !== 'asc' && { direction }),
    ...(after && { after: Buffer.from(JSON.stringify(after)).toString('base64url') }),
  });
  return parameters.size > 0 ? `?${parameters}` : '?';
}

function fromToken(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
