import { z } from 'zod';

/** What became of cards, as the EHR reports it (CDS Hooks 2.0 "Feedback"). */

const reason = z.looseObject({
  reason: z.looseObject({ code: z.string(), system: z.string().optional() }).optional(),
  userComment: z.string().max(2000).optional(),
});

const feedback = z.looseObject({
  feedback: z
    .array(
      z.looseObject({
        card: z.guid(),
        outcome: z.enum(['accepted', 'overridden']),
        overrideReason: reason.optional(),
        outcomeTimestamp: z.iso.datetime({ offset: true }),
      }),
    )
    .min(1)
    .max(100),
});

/** One row: kept once, however often it is sent. */
export interface CardFeedback {
  readonly card: string;
  readonly outcome: 'accepted' | 'overridden';
  /** JSON of the reason; null: none was given. */
  readonly reasons: string | null;
  /** As the EHR wrote it. */
  readonly at: string;
}

export function readFeedback(body: unknown): readonly CardFeedback[] | undefined {
  const parsed = feedback.safeParse(body);
  return parsed.data?.feedback.map(({ card, outcome, overrideReason, outcomeTimestamp }) => ({
    card: card.toLowerCase(),
    outcome,
    reasons: overrideReason ? reasonText(overrideReason) : null,
    at: outcomeTimestamp,
  }));
}

function reasonText({ reason: coding, userComment }: z.output<typeof reason>): string {
  return JSON.stringify({
    ...(coding && { reason: { system: coding.system, code: coding.code } }),
    ...(userComment !== undefined && { userComment }),
  });
}
