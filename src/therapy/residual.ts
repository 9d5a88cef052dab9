import { isMore, type Ml, magnitude, ml, ratio, subtract, times } from './quantity.ts';
import type { DiscrepancyLimit, TherapySettings } from './settings.ts';

export type ResidualGrade = 'ok' | 'warn' | 'critical' | 'not-assessable';

/** Measured against calculated residual volume since the last known fill. */
export interface ResidualAssessment {
  readonly grade: ResidualGrade;
  readonly expectedMl?: Ml | undefined;
  readonly measuredMl?: Ml | undefined;
  /** measured − expected: above zero is under-delivery, below zero over-infusion, leak or a pocket fill. */
  readonly discrepancyMl?: Ml | undefined;
  readonly volumeAtLastFillMl?: Ml | undefined;
  readonly programmedMl?: Ml | undefined;
  readonly deliveredMl?: Ml | undefined;
  readonly deliveredToProgrammed?: number | undefined;
}

/** A first known fill has no baseline and is not assessable: never 0. */
export function assessResidual(
  volumeAtLastFillMl: Ml | undefined,
  expectedMl: Ml | undefined,
  measuredMl: Ml | undefined,
  settings: TherapySettings,
): ResidualAssessment {
  if (volumeAtLastFillMl === undefined || expectedMl === undefined || measuredMl === undefined) {
    return { grade: 'not-assessable', expectedMl, measuredMl, volumeAtLastFillMl };
  }
  const discrepancyMl = subtract(measuredMl, expectedMl);
  const programmedMl = subtract(volumeAtLastFillMl, expectedMl);
  const deliveredMl = subtract(volumeAtLastFillMl, measuredMl);
  return {
    grade: gradeOf(discrepancyMl, programmedMl, settings),
    expectedMl,
    measuredMl,
    discrepancyMl,
    volumeAtLastFillMl,
    programmedMl,
    deliveredMl,
    deliveredToProgrammed: ratio(deliveredMl, programmedMl)?.toDecimalPlaces(3).toNumber(),
  };
}

function gradeOf(discrepancyMl: Ml, programmedMl: Ml, { residualDiscrepancy }: TherapySettings): ResidualGrade {
  const passes = (limit: DiscrepancyLimit) =>
    isMore(magnitude(discrepancyMl), ml(limit.volumeMl)) &&
    isMore(magnitude(discrepancyMl), times(programmedMl, limit.shareOfDispensed));
  if (passes(residualDiscrepancy.critical)) return 'critical';
  return passes(residualDiscrepancy.warn) ? 'warn' : 'ok';
}
