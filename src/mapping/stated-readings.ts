import type { ClinicalEvent } from '../event/event.ts';
import type { Reported } from '../event/program.ts';
import { itb } from '../fhir/systems.ts';
import { whenOf } from '../therapy/when.ts';
import type { MappingContext } from './context.ts';
import { dateTime } from './element.ts';
import { inText, type Value } from './observed.ts';
import { tipOf } from './placement.ts';
import { amount, amountOrAbsent, coded, codedAs, inDate, inInteger, type Reading } from './reading.ts';

/** What a report states about the pump, value by value, but for its programme. */

/** At the port: what was filled and rinsed, and how often the needle was placed. */
export function fillReadings(event: ClinicalEvent, context: MappingContext): Reading[] {
  const fill = 'fill' in event ? event.fill : undefined;
  const refill = event.type === 'refill' ? event : undefined;
  return [
    ['fill-volume', amount(fill?.volumeMl, 'mL')],
    ['programmed-fill-volume', amount(fill?.programmedVolumeMl, 'mL')],
    ['rinse-volume', amount(refill?.rinseVolumeMl, 'mL')],
    ['needle-attempts', inInteger(refill?.needleAttempts)],
    ['imaging-used', inText(refill?.imagingUsed)],
    ['refill-setting', codedAs(context, itb.refillSetting, refill?.setting)],
  ];
}

/** What was left in the reservoir. A null says that it was not measured, or that nobody knew what to expect. */
export function residualReadings(event: ClinicalEvent, context: MappingContext): Reading[] {
  const stated = 'residual' in event ? event.residual : undefined;
  return [
    ['measured-residual-volume', amountOrAbsent(stated?.measuredMl, 'mL', 'not-performed', context)],
    ['expected-residual-volume', amountOrAbsent(stated?.expectedMl, 'mL', 'unknown', context)],
    ['reported-residual-discrepancy', amount(stated?.differenceMl, 'mL')],
  ];
}

/** What the programmer showed of reservoir, alarms, battery and boluses. */
export function reportedReadings(event: ClinicalEvent, context: MappingContext): Reading[] {
  const reported: Reported = ('reported' in event ? event.reported : undefined) ?? {};
  return [
    ['reported-reservoir-volume', amount(reported.reservoirMl, 'mL')],
    ['low-reservoir-alarm-volume', amount(reported.lowReservoirAlarmMl, 'mL')],
    ['reported-low-reservoir-alarm-date', inDate(reported.lowReservoirAlarmDate)],
    ['reported-refill-due-date', inDate(reported.refillDueDate)],
    ['reported-refill-interval', amount(reported.refillIntervalDays, 'd')],
    ['critical-alarm-interval', amount(reported.criticalAlarmIntervalMinutes, 'min')],
    ['battery-status', codedAs(context, itb.batteryStatus, reported.batteryStatus)],
    ['months-to-eri', amount(reported.monthsToEri, 'mo')],
    ['eri-date', inDate(reported.eriDate)],
    ['estimated-replacement-date', inDate(reported.estimatedReplacementDate)],
    ['patient-boluses-delivered', inInteger(reported.patientBoluses?.delivered)],
    ['patient-boluses-denied', inInteger(reported.patientBoluses?.denied)],
    ['patient-boluses-since', inTime(reported.patientBoluses?.since)],
  ];
}

/** What the report says of the devices that FHIR has no element of Device for. */
export function deviceReadings(event: ClinicalEvent, context: MappingContext): Reading[] {
  const { pump, catheter } = event;
  const placed = catheter?.tipLevel ? catheter : undefined;
  return [
    ['pump-implant-date', inDate(implantDate(event))],
    ['pump-implant-date-source', inText(pump?.implantedOnSource)],
    ['catheter-tip-level', coded(placed && tipOf(context, placed))],
    ['catheter-tip-level-source', codedAs(context, itb.factSource, placed?.tipLevelSource)],
  ];
}

/** As the label states it; an implantation says it by its own time. */
function implantDate(event: ClinicalEvent): string | undefined {
  const isImplanted =
    event.type === 'implant' ||
    (event.type === 'revision' && event.component === 'pump' && event.action === 'replaced');
  if (event.pump?.implantedOn) return event.pump.implantedOn;
  return isImplanted && event.pump ? inSeconds(event.occurredAt) : undefined;
}

/** The programmer's session. Its clocks stand beside the time of the event and never replace it. */
export function sessionReadings(event: ClinicalEvent): Reading[] {
  const { session = {} } = event;
  const ofPump = session.deviceClockAt ?? (event.type === 'interrogation' ? event.deviceClockAt : undefined);
  return [
    ['session-report-id', inText(session.reportId)],
    ['programmer-model', inText(session.programmerModel)],
    ['programmer-software', inText(session.softwareVersion)],
    ['programmer-clock', inTime(session.programmerClockAt)],
    ['pump-clock', inTime(ofPump)],
  ];
}

const inTime = (text: string | undefined): Value | undefined => inDate(text && inSeconds(text));

/** As the source wrote it, with the seconds that FHIR asks for. */
const inSeconds = (text: string): string => dateTime(whenOf(text, 'UTC'));
