import type { Program } from '../../event/program.ts';
import type { CatheterLife, PumpLife } from '../../therapy/device-life.ts';
import { toNumber } from '../../therapy/quantity.ts';
import type { FillRecord, Segment } from '../../therapy/records.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { localDate } from '../../therapy/when.ts';
import { outcomeAt } from './complications.ts';
import { reservoirCourse } from './course-reservoir.ts';
import type { Course } from './course-schema.ts';
import { recordOf } from './fact.ts';
import type { FactsContext } from './facts-context.ts';
import { currentDates, forecastOf } from './refill-plan.ts';

/** How the therapy went until the instant of the timeline, and what is to come by calculation where that is shown. Pure. */
export function course(therapy: Timeline, context: FactsContext, calculatedValues: 'shown' | 'withheld'): Course {
  const deviceOf = (key: string): string => {
    const pump = therapy.pumps.find(({ life }) => life.key === key);
    if (!pump) throw new Error('a timeline names a pump that it does not hold');
    return context.identityOf(pump.life);
  };
  const inUse = therapy.pumps.filter(({ life }) => !life.explanted);
  return {
    schemaVersion: 1,
    patient: context.patientId,
    environment: context.environment,
    asOf: therapy.asOf.toString(),
    notice: 'Not an alarm or monitoring system.',
    doses: therapy.segments.map((segment) => doseOf(segment, deviceOf)),
    boluses: therapy.boluses.map(({ pumpKey, kind, start, end, doseUg, openedBy }) => ({
      device: deviceOf(pumpKey),
      kind,
      start: start.toString(),
      end: end.toString(),
      doseUg: toNumber(doseUg, 3),
      ...recordOf(openedBy),
    })),
    refills: therapy.fills.map((fill) => refillOf(fill, deviceOf, calculatedValues)),
    reservoirs: inUse.map((pump) => reservoirCourse(therapy, pump, context.identityOf(pump.life), calculatedValues)),
    dates: inUse.flatMap((pump) => datesOf(therapy, pump, context.identityOf(pump.life), calculatedValues)),
    devices: [...therapy.pumps.map(({ life }) => life), ...therapy.catheters].map((life) => lifeOf(life, context)),
    complications: therapy.complications.map((entry) => ({
      code: context.complicationOf(entry.event.code) ?? entry.event.code,
      at: entry.when.text,
      severity: entry.event.severity ?? null,
      ...outcomeAt(entry, therapy.asOf),
      ...recordOf(entry),
    })),
    alarms: therapy.alarms.map(({ pumpKey, code, criticality, when, clearedAt, entry }) => ({
      device: deviceOf(pumpKey),
      code,
      criticality: criticality ?? null,
      at: when.text,
      clearedAt: clearedAt?.toString() ?? null,
      ...recordOf(entry),
    })),
  };
}

type DeviceOf = (pumpKey: string) => string;

function doseOf(
  { pumpKey, role, start, end, endReason, program, concentrationUgPerMl, openedBy }: Segment,
  deviceOf: DeviceOf,
): Course['doses'][number] {
  const weekdayDoses = weekdayDosesOf(program);
  const everyDay = weekdayDoses.flatMap(({ days }) => days).length === 7;
  const doseUgPerDay = 'doseUgPerDay' in program && !everyDay ? program.doseUgPerDay : undefined;
  return {
    device: deviceOf(pumpKey),
    role,
    start: start.toString(),
    end: end?.toString() ?? null,
    endReason: endReason ?? null,
    mode: program.mode,
    doseUgPerDay: doseUgPerDay ?? null,
    weekdayDoses,
    concentrationUgPerMl: concentrationUgPerMl ? toNumber(concentrationUgPerMl, 6) : null,
    ...recordOf(openedBy),
  };
}

function weekdayDosesOf(program: Program): Course['doses'][number]['weekdayDoses'] {
  const patterns = program.mode === 'flex' ? (program.weekdayPatterns ?? []) : [];
  return patterns.map(({ days, doseUgPerDay }) => ({ days: [...days], doseUgPerDay }));
}

function refillOf(
  { pumpKey, fill, entry, residual }: FillRecord,
  deviceOf: DeviceOf,
  calculatedValues: 'shown' | 'withheld',
): Course['refills'][number] {
  const ours = calculatedValues === 'shown' ? residual : undefined;
  return {
    device: deviceOf(pumpKey),
    at: entry.when.text,
    volumeMl: fill.volumeMl,
    concentrationUgPerMl: fill.concentrationUgPerMl,
    measuredResidualMl: residual.measuredMl ? toNumber(residual.measuredMl, 3) : null,
    expectedResidualMl: ours?.expectedMl ? toNumber(ours.expectedMl, 2) : null,
    grade: ours?.grade ?? null,
    ...recordOf(entry),
  };
}

function datesOf(
  therapy: Timeline,
  pump: PumpState,
  device: string,
  calculatedValues: 'shown' | 'withheld',
): Course['dates'] {
  const { alarmDate, dueBy } = currentDates(therapy, pump);
  const ours = calculatedValues === 'shown' ? forecastOf(pump) : undefined;
  const end = ours?.endAt && localDate(ours.endAt, pump.zone);
  const date = (
    kind: Course['dates'][number]['kind'],
    method: 'reported' | 'calculated',
    on: { toString(): string } | undefined,
  ) => (on ? [{ device, kind, method, date: on.toString() }] : []);
  return [
    ...date('alarm-date', 'reported', alarmDate),
    ...date('refill-due', 'reported', dueBy),
    ...date('alarm-date', 'calculated', ours?.alarmDate),
    ...date('refill-due', 'calculated', ours?.refillDueBy),
    ...date('calculated-end', 'calculated', end),
  ];
}

function lifeOf(life: PumpLife | CatheterLife, context: FactsContext): Course['devices'][number] {
  const { kind, label, implanted, explanted, firstEntry } = life;
  const abandoned = 'abandoned' in life ? life.abandoned : undefined;
  return {
    device: context.identityOf(life),
    kind,
    manufacturer: label.manufacturer,
    model: label.model ?? null,
    serialNumber: label.serialNumber ?? null,
    implanted: implanted?.text ?? null,
    firstReported: firstEntry.when.text,
    explanted: (explanted ?? abandoned)?.text ?? null,
  };
}
