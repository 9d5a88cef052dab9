import type { CodeableConcept, Device, Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { Course } from '../../pump-status/course-schema.ts';
import type { OnePump } from '../../pump-status/pump-schema.ts';
import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { sourceOf } from './hospital-fact.ts';
import { codeOf, type HospitalRecord, idOf, nameOf } from './hospital-record.ts';
import { dayInWords, placeOf } from './moments.ts';

type Standing = OnePump['alarms']['standing'][number];

/** Alarms of a pump that the record does not call over; where none stands, since when the record says so. */
export function alarmsOf(device: Device, { observations }: HospitalRecord): OnePump['alarms'] {
  const standing = observations.filter((one) => isAlarm(one) && idOf(one.device) === nameOf(device) && !endOf(one));
  if (standing.length > 0) return { standing: standing.map(standingAlarm), words: null };
  const newest = observations
    .flatMap(({ effectiveDateTime: at }) => at ?? [])
    .toSorted(byTime)
    .at(-1);
  const as = newest === undefined ? '' : ` of ${dayInWords(newest)}`;
  return { standing: [], words: `No standing alarm in the hospital’s record${as}. Alarms are learned late.` };
}

export function alarmCourse({ observations }: HospitalRecord): Course['alarms'] {
  return observations.filter(isAlarm).map((one) => ({
    device: idOf(one.device)?.replace('Device/', '') ?? '',
    code: codeOf(one.valueCodeableConcept, 'itb-alarm') ?? 'alarm',
    criticality: criticalityOf(one),
    at: whenOf(one),
    clearedAt: endOf(one) ?? null,
    ...recordOf(one),
  }));
}

/** Complications that the record does not call over. */
export function openComplications({ observations }: HospitalRecord): PumpStatus['openComplications'] {
  return observations
    .filter((one) => isComplication(one) && !isOver(one))
    .map((one) => ({ ...complicationOf(one), device: idOf(one.focus?.[0])?.replace('Device/', '') ?? null }));
}

export function complicationCourse({ observations }: HospitalRecord): Course['complications'] {
  return observations.filter(isComplication).map((one) => ({
    ...complicationOf(one),
    resolvedAt: part(one, 'complication-resolved')?.valueDateTime ?? null,
  }));
}

function standingAlarm(one: Observation): Standing {
  const meaning = part(one, 'alarm-delivery')?.valueCodeableConcept;
  return {
    code: codeOf(one.valueCodeableConcept, 'itb-alarm') ?? 'alarm',
    criticality: criticalityOf(one),
    at: whenOf(one),
    learnedAt: one.issued ?? null,
    // What nobody said of delivery is uncertain.
    delivery: (codeOf(meaning, 'itb-alarm-delivery') ?? 'uncertain') as Standing['delivery'],
    words: meaning?.text ?? null,
    ...recordOf(one),
  };
}

function complicationOf(one: Observation) {
  const severity = codeIn(part(one, 'complication-severity')?.valueCodeableConcept);
  return {
    code: codeOf(one.valueCodeableConcept, 'itb-complication') ?? 'other',
    at: whenOf(one),
    severity: severities.find((known) => known === severity) ?? null,
    outcome: codeIn(part(one, 'complication-outcome')?.valueCodeableConcept) ?? null,
    ...recordOf(one),
  };
}

const severities = ['mild', 'moderate', 'severe'] as const;

function isOver(one: Observation): boolean {
  const outcome = codeIn(part(one, 'complication-outcome')?.valueCodeableConcept) ?? '';
  return part(one, 'complication-resolved') !== undefined || over.has(outcome);
}

const over = new Set(['resolved', 'resolvedWithSequelae', 'fatal']);

function criticalityOf(one: Observation): Standing['criticality'] {
  const isCritical = part(one, 'alarm-critical')?.valueBoolean;
  if (isCritical === undefined) return null;
  return isCritical ? 'critical' : 'non-critical';
}

function part({ component }: Observation, code: string): ObservationComponent | undefined {
  return component?.find((one) => codeOf(one.code, 'itb-observation') === code);
}

const isAlarm = ({ code }: Observation): boolean => codeOf(code, 'itb-observation') === 'pump-alarm';
const isComplication = ({ code }: Observation): boolean => codeOf(code, 'itb-observation') === 'complication';
const endOf = (one: Observation): string | undefined => part(one, 'alarm-cleared')?.valueDateTime;
const whenOf = ({ effectiveDateTime }: Observation): string => effectiveDateTime ?? '';
const recordOf = (one: Observation) => ({ asOf: whenOf(one), source: sourceOf(one) });
const codeIn = (concept: CodeableConcept | undefined): string | undefined => concept?.coding?.[0]?.code;
const byTime = (a: string, b: string): number => placeOf(a).getTime() - placeOf(b).getTime();
