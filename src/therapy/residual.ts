import {
  type Days,
  elapsed,
  equals,
  isMore,
  type Ml,
  magnitude,
  ml,
  noVolume,
  ratio,
  subtract,
  times,
} from './quantity.ts';
import type { DiscrepancyLimit, TherapySettings } from './settings.ts';

export type ResidualGrade = 'ok' | 'warn' | 'critical' | 'not-assessable';

/** Measured against calculated residual volume since the last known fill. */
export interface ResidualAssessment {
  readonly grade: ResidualGrade;
  readonly expectedMl?: Ml | undefined;
  readonly measuredMl?: Ml | undefined;
  /** measured − expected. */
  readonly discrepancyMl?: Ml | undefined;
  /** The limit that the discrepancy passes, where it passes one. */
  readonly limit?: DiscrepancyLimit | undefined;
  /** Where the discrepancy passes a limit; `as-expected` where it passes none. */
  readonly direction?: 'more-left' | 'less-left' | 'as-expected' | undefined;
  /** What such a discrepancy may mean. It is a reading, never a cause. */
  readonly reading?: ResidualReading | undefined;
  readonly volumeAtLastFillMl?: Ml | undefined;
  /** The last known fill, where its instant is known, and the time since. */
  readonly since?: Temporal.Instant | undefined;
  readonly sinceDays?: Days | undefined;
  readonly programmedMl?: Ml | undefined;
  readonly deliveredMl?: Ml | undefined;
  readonly deliveredToProgrammed?: number | undefined;
  /**
   * The reservoir hides a part. `at-least`: nothing was left, so the pump may have been able to move more. `at-most`: by
   * calculation it held too little for the programme. `hidden`: both, and the ratio says nothing of how the pump ran.
   */
  readonly ratioBound?: 'at-least' | 'at-most' | 'hidden' | undefined;
}

/** More left than calculated; less left; less left by most of the last fill, which may lie beside the pump. */
export type ResidualReading = 'under-delivery' | 'over-delivery' | 'pocket-fill-possible';

/** The volume from which the calculation started: what the last known fill left in the reservoir. */
export interface ResidualBaseline {
  readonly volumeMl: Ml;
  readonly filledAt?: Temporal.Instant | undefined;
}

export type ResidualLimits = Pick<TherapySettings, 'residualDiscrepancy' | 'pocketFillShare'>;

/** A first known fill has no baseline and is not assessable: never 0. */
export function assessResidual(
  baseline: ResidualBaseline | undefined,
  expectedMl: Ml | undefined,
  measuredMl: Ml | undefined,
  at: Temporal.Instant,
  limits: ResidualLimits,
): ResidualAssessment {
  if (baseline === undefined || expectedMl === undefined || measuredMl === undefined) {
    return { grade: 'not-assessable', expectedMl, measuredMl, volumeAtLastFillMl: baseline?.volumeMl };
  }
  const { volumeMl: volumeAtLastFillMl, filledAt: since } = baseline;
  const discrepancyMl = subtract(measuredMl, expectedMl);
  const programmedMl = subtract(volumeAtLastFillMl, expectedMl);
  const deliveredMl = subtract(volumeAtLastFillMl, measuredMl);
  const grade = gradeOf(discrepancyMl, programmedMl, limits);
  return {
    grade,
    expectedMl,
    measuredMl,
    discrepancyMl,
    limit: grade === 'ok' ? undefined : limits.residualDiscrepancy[grade],
    ...meaningOf(grade, discrepancyMl, volumeAtLastFillMl, limits),
    volumeAtLastFillMl,
    since,
    sinceDays: since && elapsed(since, at),
    programmedMl,
    deliveredMl,
    ...ratioOf(deliveredMl, programmedMl, { expectedMl, measuredMl }),
  };
}

function gradeOf(
  discrepancyMl: Ml,
  programmedMl: Ml,
  { residualDiscrepancy }: ResidualLimits,
): Exclude<ResidualGrade, 'not-assessable'> {
  const passes = (limit: DiscrepancyLimit) =>
    isMore(magnitude(discrepancyMl), ml(limit.volumeMl)) &&
    isMore(magnitude(discrepancyMl), times(programmedMl, limit.shareOfDispensed));
  if (passes(residualDiscrepancy.critical)) return 'critical';
  return passes(residualDiscrepancy.warn) ? 'warn' : 'ok';
}

function meaningOf(
  grade: ResidualGrade,
  discrepancyMl: Ml,
  volumeAtLastFillMl: Ml,
  { pocketFillShare }: ResidualLimits,
): Pick<ResidualAssessment, 'direction' | 'reading'> {
  if (grade === 'ok') return { direction: 'as-expected' };
  if (isMore(discrepancyMl, noVolume)) return { direction: 'more-left', reading: 'under-delivery' };
  const isMost = isMore(magnitude(discrepancyMl), times(volumeAtLastFillMl, pocketFillShare));
  return { direction: 'less-left', reading: isMost ? 'pocket-fill-possible' : 'over-delivery' };
}

function ratioOf(
  deliveredMl: Ml,
  programmedMl: Ml,
  left: { expectedMl: Ml; measuredMl: Ml },
): Pick<ResidualAssessment, 'deliveredToProgrammed' | 'ratioBound'> {
  const deliveredToProgrammed = ratio(deliveredMl, programmedMl)?.toDecimalPlaces(3).toNumber();
  return { deliveredToProgrammed, ratioBound: deliveredToProgrammed === undefined ? undefined : boundOf(left) };
}

function boundOf({ expectedMl, measuredMl }: { expectedMl: Ml; measuredMl: Ml }): ResidualAssessment['ratioBound'] {
  const noneExpected = equals(expectedMl, noVolume);
  if (equals(measuredMl, noVolume)) return noneExpected ? 'hidden' : 'at-least';
  return noneExpected ? 'at-most' : undefined;
}
