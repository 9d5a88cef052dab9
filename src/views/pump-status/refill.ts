import { type Ml, toNumber } from '../../therapy/quantity.ts';
import type { FillRecord, Session } from '../../therapy/records.ts';
import type { ResidualReading } from '../../therapy/residual.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { calculated, measured, reported, unknown } from './fact.ts';
import type { OnePump } from './pump-schema.ts';

type Refill = OnePump['refill'];

/** The last fill, and what was left in the reservoir when it was measured last. */
export function refillFacts(therapy: Timeline, { life }: PumpState): Refill {
  const last = therapy.fills.findLast(({ pumpKey }) => pumpKey === life.key);
  const session = therapy.sessions.findLast(
    ({ pumpKey, residual }) => pumpKey === life.key && residual?.measuredMl !== undefined,
  );
  return {
    last: reported(last?.entry.when.text, last?.entry),
    volumeMl: reported<number | undefined | null>(last?.fill.volumeMl, last?.entry),
    concentrationUgPerMl: reported<number | undefined | null>(last?.fill.concentrationUgPerMl, last?.entry),
    lotNumber: reported(last?.fill.lotNumber, last?.entry),
    setting: reported(settingOf(last), last?.entry),
    place: reported(last?.entry.event.clinic?.display, last?.entry),
    ...(session ? residualFacts(session) : noResidual),
  };
}

const settingOf = (fill: FillRecord | undefined) =>
  fill?.entry.event.type === 'refill' ? fill.entry.event.setting : undefined;

type Residual = Omit<Refill, 'last' | 'volumeMl' | 'concentrationUgPerMl' | 'lotNumber' | 'setting' | 'place'>;

function residualFacts({ entry, residual }: Session): Residual {
  const stated = 'residual' in entry.event ? entry.event.residual : undefined;
  const at = entry.when.text;
  const inputs = {
    volumeAtLastFillMl: rounded(residual?.volumeAtLastFillMl),
    expectedMl: rounded(residual?.expectedMl),
    measuredMl: rounded(residual?.measuredMl),
  };
  const { grade, direction, reading, deliveredToProgrammed, ratioBound } = residual ?? {};
  return {
    measuredResidualMl: measured(residual?.measuredMl && toNumber(residual.measuredMl, 3), entry),
    expectedResidualMl: {
      reported: reported<number | undefined | null>(stated?.expectedMl, entry),
      calculated: calculated(inputs.expectedMl, 'expected-residual', at, {
        volumeAtLastFillMl: inputs.volumeAtLastFillMl,
      }),
    },
    discrepancyMl: {
      reported: reported(stated?.differenceMl, entry),
      calculated: calculated(rounded(residual?.discrepancyMl), 'residual-discrepancy', at, inputs),
    },
    grade: calculated(grade, 'residual-discrepancy', at, inputs),
    direction: calculated(direction, 'residual-discrepancy', at, inputs),
    reading: {
      ...calculated(reading, 'residual-discrepancy', at, inputs),
      ...(reading && { words: `${inWords[reading]} Check the pump with its programmer.` }),
    },
    deliveredToProgrammed:
      ratioBound === 'hidden' || reading === 'pocket-fill-possible'
        ? unknown(noRatio)
        : calculated(deliveredToProgrammed, 'delivered-to-programmed', at, inputs),
    ratioBound: calculated(ratioBound, 'delivered-to-programmed', at, inputs),
  };
}

/** Of a reservoir that hides it, and of drug that may lie beside the pump, a ratio would be no delivery. */
const noRatio = 'What was delivered cannot be told from these volumes.';

/** What a difference may mean. Never a cause. */
const inWords: Readonly<Record<ResidualReading, string>> = {
  'under-delivery': 'More was left than calculated: less may have been delivered than programmed.',
  'over-delivery': 'Less was left than calculated: more may have been delivered than programmed.',
  'pocket-fill-possible': 'Much less was left than calculated: a part of the last fill may lie beside the pump.',
};

const noResidual: Residual = {
  measuredResidualMl: unknown(),
  expectedResidualMl: { reported: unknown(), calculated: unknown() },
  discrepancyMl: { reported: unknown(), calculated: unknown() },
  grade: unknown(),
  direction: unknown(),
  reading: unknown(),
  deliveredToProgrammed: unknown(),
  ratioBound: unknown(),
};

const rounded = (volume: Ml | undefined): number | undefined => volume && toNumber(volume, 2);
