import type { Resource } from '@medplum/fhirtypes';
import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { openComplications } from './hospital-alarms.ts';
import { hospitalBanner } from './hospital-banner.ts';
import { hospitalName, reported, sourceOf, unknown } from './hospital-fact.ts';
import { planOf } from './hospital-plan.ts';
import { pumpsOf } from './hospital-pump.ts';
import { type HospitalRecord, isTest } from './hospital-record.ts';

/**
 * The status that the hospital’s own record tells: what the adapter wrote there, nothing calculated, nothing of what
 * waits for review. `asOf` is when it was read.
 */
export function hospitalStatus(record: HospitalRecord, asOf: string): PumpStatus {
  const pumps = pumpsOf(record);
  const open = openComplications(record);
  const newest = reports(record)[0];
  return {
    schemaVersion: 1,
    patient: record.patient.id ?? '',
    environment: reports(record).some(({ from }) => isTest(from)) ? 'test' : 'live',
    asOf,
    time: { kind: 'now', words: null },
    notice: 'Not an alarm or monitoring system.',
    banner: hospitalBanner({ pumps, open, newest: newest?.at, asOf }),
    reportsHeld: {
      count: 0,
      since: null,
      words: 'Not known here: the hospital’s record does not say what waits for review.',
    },
    dataAsOf: {
      lastReportAt: newest?.at ?? null,
      lastReceivedAt: null,
      ageDays: newest ? daysBetween(newest.at, asOf) : null,
      sources: newest ? [{ system: hospitalName, lastReportAt: newest.at }] : [],
      words: newest ? 'Read from the hospital’s own record.' : 'The hospital’s record holds no report of a pump.',
    },
    conflicts: [],
    person: {
      ageYears: unknown(),
      birthDate: reported(record.patient.birthDate, undefined, record.patient),
      diagnosis: unknown(),
      indication: unknown(),
      origin: unknown(),
      deathReported: reported(record.patient.deceasedDateTime, undefined, record.patient),
    },
    pumps,
    openComplications: open,
    carePlan: planOf(record),
    generalSigns: { withdrawal: [], overdose: [], words: '' },
    lastEvents: record.procedures
      .map((one) => ({ type: one.code?.text ?? 'Procedure', asOf: one.performedDateTime ?? '', source: sourceOf(one) }))
      .toSorted((a, b) => instant(b.asOf) - instant(a.asOf))
      .slice(0, 10),
  };
}

/** Everything with a time, newest first. */
function reports({ observations, administrations, procedures }: HospitalRecord): { at: string; from: Resource }[] {
  const timed = [
    ...observations.map((from) => ({ at: from.effectiveDateTime, from })),
    ...administrations.map((from) => ({ at: from.effectiveDateTime ?? from.effectivePeriod?.start, from })),
    ...procedures.map((from) => ({ at: from.performedDateTime, from })),
  ];
  return timed
    .flatMap(({ at, from }) => (at === undefined ? [] : [{ at, from }]))
    .toSorted((a, b) => instant(b.at) - instant(a.at));
}

const instant = (text: string): number => (text === '' ? 0 : new Date(text).getTime());

/** Whole days that passed, whatever a calendar calls them. */
const daysBetween = (from: string, to: string): number => Math.floor((instant(to) - instant(from)) / 86_400_000);
