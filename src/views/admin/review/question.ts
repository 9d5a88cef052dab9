import { z } from 'zod';
import { problemCodes } from '../../../event/problem.ts';

/** What the list is narrowed to, as its address says it. */
export interface ReviewQuestion {
  readonly state: 'open' | 'closed';
  readonly stage?: Stage | undefined;
  readonly code?: string | undefined;
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  /** Keyed id. */
  readonly patient?: string | undefined;
  readonly age?: Age | undefined;
  readonly order: 'newest-first' | 'oldest-first';
  /** Continues after this item. */
  readonly after?: number | undefined;
  /** Words of the problem. Never in an address: people type what they know, and that may be a name. */
  readonly words?: string | undefined;
}

export const stages = ['intake', 'ledger', 'therapy', 'mapping', 'reading', 'sync'] as const;
type Stage = (typeof stages)[number];

export const ages = ['day', 'week', 'month', 'older'] as const;
export type Age = (typeof ages)[number];

const blank = (schema: z.ZodType<string | undefined>) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);
const optionalText = blank(z.string().max(200).optional());

const asked = z.object({
  state: z.enum(['open', 'closed']).default('open'),
  stage: z.preprocess((value) => (value === '' ? undefined : value), z.enum(stages).optional()),
  code: blank(z.enum(Object.keys(problemCodes)).optional()),
  source: optionalText,
  destination: optionalText,
  patient: optionalText,
  age: z.preprocess((value) => (value === '' ? undefined : value), z.enum(ages).optional()),
  order: z.enum(['newest-first', 'oldest-first']).default('newest-first'),
  after: z.coerce.number().int().positive().optional(),
});

/** Undefined: the address asks for something that there is not. */
export function questionOf(query: unknown, words?: string): ReviewQuestion | undefined {
  const parsed = asked.safeParse(query);
  return parsed.success ? { ...parsed.data, ...(words && { words }) } : undefined;
}

/** The search part of the address of a list; `words` stay in the session. */
export function addressOf({ words: _, ...question }: ReviewQuestion, path = '/admin/review'): string {
  const stated = Object.entries(question).filter(([name, value]) => value !== undefined && value !== usual[name]);
  const search = new URLSearchParams(stated.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? path : `${path}?${search}`;
}

const usual: Readonly<Record<string, unknown>> = { state: 'open', order: 'newest-first' };

/** Spans between which an item was opened, back from now; both in days. */
export const ageDays: Readonly<Record<Age, { readonly from?: number; readonly before?: number }>> = {
  day: { from: 1 },
  week: { from: 7 },
  month: { from: 30 },
  older: { before: 30 },
};
