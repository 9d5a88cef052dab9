import { type Ml, toNumber } from '../../therapy/quantity.ts';
import type { ResidualAssessment, ResidualGrade, ResidualReading } from '../../therapy/residual.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';

/** What was left in the reservoir when it was measured last, and how that compares. */
export interface ResidualNow {
  readonly at: string;
  readonly measuredMl: number;
  /** As the source expected it. */
  readonly expectedMl: number | null;
  readonly calculated: {
    readonly method: 'calculated' | 'withheld';
    readonly expectedMl: number | null;
    readonly discrepancyMl: number | null;
    readonly deliveredToProgrammed: number | null;
    /** Where the reservoir hides how much was delivered, the ratio is a bound or says nothing. */
    readonly ratioBound: 'at-least' | 'at-most' | 'hidden' | null;
    readonly grade: ResidualGrade | null;
    readonly direction: 'more-left' | 'less-left' | 'as-expected' | null;
    readonly reading: ResidualReading | null;
    readonly words: string | null;
  };
}

/** Null where it was never measured. */
export function lastResidualOf(
  therapy: Timeline,
  { life }: PumpState,
  shown: 'shown' | 'withheld',
): ResidualNow | null {
  const session = therapy.sessions.findLast(
    ({ pumpKey, residual }) => pumpKey === life.key && residual?.measuredMl !== undefined,
  );
  if (!session?.residual?.measuredMl) return null;
  const { entry, residual } = session;
  const stated = 'residual' in entry.event ? entry.event.residual : undefined;
  return {
    at: entry.when.text,
    measuredMl: toNumber(session.residual.measuredMl, 3),
    expectedMl: stated?.expectedMl ?? null,
    calculated: shown === 'shown' ? calculatedOf(residual) : withheld,
  };
}

function calculatedOf(residual: ResidualAssessment): ResidualNow['calculated'] {
  const { expectedMl, discrepancyMl, deliveredToProgrammed, ratioBound, grade, direction, reading } = residual;
  return {
    method: 'calculated',
    expectedMl: rounded(expectedMl),
    discrepancyMl: rounded(discrepancyMl),
    deliveredToProgrammed: deliveredToProgrammed ?? null,
    ratioBound: ratioBound ?? null,
    grade,
    direction: direction ?? null,
    reading: reading ?? null,
    words: reading ? `${inWords[reading]} Check the pump with its programmer.` : null,
  };
}

/** What a difference may mean. Never a cause. */
const inWords: Readonly<Record<ResidualReading, string>> = {
  'under-delivery': 'More was left than calculated: less may have been delivered than programmed.',
  'over-delivery': 'Less was left than calculated: more may have been delivered than programmed.',
  'pocket-fill-possible': 'Much less was left than calculated: a part of the last fill may lie beside the pump.',
};

const withheld: ResidualNow['calculated'] = {
  method: 'withheld',
  expectedMl: null,
  discrepancyMl: null,
  deliveredToProgrammed: null,
  ratioBound: null,
  grade: null,
  direction: null,
  reading: null,
  words: null,
};

const rounded = (volume: Ml | undefined): number | null => (volume ? toNumber(volume, 2) : null);
