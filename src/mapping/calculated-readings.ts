import { itb } from '../fhir/systems.ts';
import type { Session } from '../therapy/records.ts';
import type { ResidualAssessment } from '../therapy/residual.ts';
import type { PumpState } from '../therapy/timeline.ts';
import type { MappingContext } from './context.ts';
import { measured, siteDateTime } from './element.ts';
import type { Value } from './observed.ts';
import { calculatedFlow } from './programme-readings.ts';
import { amount, codedAs, inDate, type Reading, rounded } from './reading.ts';

/** What we calculate for a session, beside what was reported. Nothing where the tenant does not show it. */
export function calculatedReadings(session: Session, pump: PumpState | undefined, context: MappingContext): Reading[] {
  if (context.calculatedValues === 'withheld') return [];
  const { forecast, residual, program, changePercent, entry } = session;
  const kind = pump?.life.label.kind ?? pump?.model?.kind;
  return [
    ['calculated-flow-rate', calculatedFlow(program, kind)],
    ['daily-dose-change', amount(changePercent || undefined, '%')],
    ...residualReadings(residual, entry.when.zone, context),
    ['calculated-reservoir-volume', rounded(forecast?.volumeMl, 'mL')],
    ['forecast-alarm-volume', rounded(forecast?.alarmVolumeMl, 'mL')],
    ['low-reservoir-alarm-date', inDate(forecast?.alarmDate)],
    ['days-to-alarm', rounded(forecast?.daysToAlarm, 'd', 1)],
    ['refill-due-by', inDate(forecast?.refillDueBy)],
    ...batteryReadings(session),
  ];
}

/** Measured against calculated residual volume. It says what a difference may mean, never what caused it. */
export function residualReadings(
  residual: ResidualAssessment | undefined,
  zone: string,
  context: MappingContext,
): Reading[] {
  if (!residual) return [];
  const { expectedMl, discrepancyMl, grade, direction, reading, since, sinceDays } = residual;
  return [
    ['calculated-residual-volume', rounded(expectedMl, 'mL')],
    ['residual-discrepancy', rounded(discrepancyMl, 'mL')],
    ['delivered-to-programmed-ratio', ratioOf(residual)],
    ['residual-grade', codedAs(context, itb.residualGrade, grade)],
    ['residual-direction', codedAs(context, itb.residualDirection, direction)],
    ['residual-reading', codedAs(context, itb.residualReading, reading)],
    ['residual-since', inDate(since && siteDateTime(since, zone))],
    ['residual-span', rounded(sinceDays, 'd', 1)],
  ];
}

/** Where the reservoir hides a part, the ratio is a bound; where it hides all, none is stated. */
function ratioOf({ deliveredToProgrammed, ratioBound }: ResidualAssessment): Value | undefined {
  if (deliveredToProgrammed === undefined || ratioBound === 'hidden') return undefined;
  const value = measured(deliveredToProgrammed, '1');
  return { valueQuantity: ratioBound ? { ...value, comparator: comparators[ratioBound] } : value };
}

const comparators = { 'at-least': '>=', 'at-most': '<=' } as const;

/** From the reading of this report only: what is kept from an earlier one stands there. */
function batteryReadings({ battery, entry }: Session): Reading[] {
  if (!battery?.asOf.equals(entry.when.earliest)) return [];
  const { eriExpected, endOfServiceBy, replacementWindow: window } = battery;
  return [
    ['calculated-eri-date', inDate(eriExpected)],
    ['end-of-service-by', inDate(endOfServiceBy)],
    ['replacement-window', window && { valuePeriod: { start: window.from.toString(), end: window.to.toString() } }],
  ];
}
