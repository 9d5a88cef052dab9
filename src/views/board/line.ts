import { inChunks } from '../../store/in-chunks.ts';
import type { Db } from '../../store/store.ts';
import { survivor } from '../../store/survivor.ts';
import type { Fact } from '../pump-status/fact-schema.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';
import { type BoardDay, daysTo } from './board-day.ts';
import { doseWords } from './dose.ts';
import type { Clinic, Entry } from './entries.ts';
import { stateWords } from './words.ts';

/** One patient on the board, as it is shown, as JSON and in a spreadsheet. Unknown is null. */
export interface BoardLine {
  readonly patient: string;
  readonly recordNumbers: readonly RecordNumber[];
  readonly state: Entry['state'];
  readonly words: string;
  readonly dueBy: string | null;
  readonly dueMethod: Entry['dueMethod'];
  /** To the due date; below zero after it. */
  readonly daysLeft: number | null;
  readonly alarmDate: string | null;
  readonly alarmMethod: Entry['alarmMethod'];
  readonly lastRefill: string | null;
  readonly lastRefillSetting: string | null;
  readonly lastRefillPlace: string | null;
  readonly lastHeardOf: string | null;
  readonly daysSinceHeardOf: number | null;
  readonly notHeardOf: boolean;
  /** Of the pump that comes first in the status. */
  readonly doseUgPerDay: number | null;
  /** Of every pump in use, in words. */
  readonly dose: string | null;
  readonly reportsHeld: number;
  readonly conflicts: number;
  readonly owner: string | null;
  readonly note: string | null;
  readonly bookedFor: string | null;
  /** The day it was booked for has gone by, and no refill was reported since. */
  readonly bookingPast: boolean;
  readonly noteVersion: number;
  readonly noteChangedBy: string | null;
  readonly noteChangedAt: string | null;
}

export interface RecordNumber {
  readonly system: string;
  readonly value: string;
}

/** What the tables tell, with what the status of the same instant adds. */
export function boardLine(
  entry: Entry,
  status: PumpStatus,
  recordNumbers: readonly RecordNumber[],
  day: BoardDay,
): BoardLine {
  const { patientId, dueOn, alarmOn, heardAtMs, bookedFor, refilledOn, noteChangedAtMs, noteVersion } = entry;
  const { setting, place } = whereOf(entry);
  return {
    ...{ patient: patientId, recordNumbers, state: entry.state, words: stateWords(entry, status) },
    ...{ dueBy: dueOn, dueMethod: entry.dueMethod, daysLeft: dueOn === null ? null : daysTo(dueOn, day) },
    ...{ alarmDate: alarmOn, alarmMethod: entry.alarmMethod },
    ...{ lastRefill: refilledOn, lastRefillSetting: setting, lastRefillPlace: place },
    lastHeardOf: instant(heardAtMs),
    daysSinceHeardOf: heardAtMs === null ? null : Math.floor((day.at.epochMilliseconds - heardAtMs) / msOfDay),
    notHeardOf: heardAtMs === null || heardAtMs < day.heardFromMs,
    doseUgPerDay: doseNow(status)?.value ?? null,
    dose: doseWords(status),
    reportsHeld: status.reportsHeld.count,
    conflicts: status.conflicts.filter(({ severity }) => severity !== 'information').length,
    ...{ owner: entry.owner, note: entry.note, bookedFor },
    bookingPast: bookedFor !== null && bookedFor < day.today && (refilledOn === null || refilledOn < bookedFor),
    ...{ noteVersion, noteChangedBy: entry.noteChangedBy, noteChangedAt: instant(noteChangedAtMs) },
  };
}

const msOfDay = 86_400_000;

const instant = (ms: number | null): string | null =>
  ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms).toString();

/** The pump in use comes first in the status. */
const doseNow = ({ pumps: [first] }: PumpStatus): Fact<number> | undefined =>
  first?.state.value === 'explanted' ? undefined : first?.programme.doseUgPerDay;

function whereOf({ refilledWhere }: Entry): { readonly setting: string | null; readonly place: string | null } {
  if (refilledWhere === null) return { setting: null, place: null };
  const { setting = null, place = null } = JSON.parse(refilledWhere) as { setting?: string; place?: string };
  return { setting, place };
}

/** The numbers by which senders name each patient, and those who were merged into them; by keyed id. */
export async function recordNumbersOf(
  db: Db,
  { tenant, environment }: Clinic,
  patients: readonly string[],
): Promise<ReadonlyMap<string, readonly RecordNumber[]>> {
  const found = await inChunks(patients, (chunk) =>
    db
      .selectFrom('patient')
      .innerJoin('patient_identifier as alias', (join) =>
        join
          .onRef('alias.patient_id', '=', 'patient.id')
          .onRef('alias.tenant', '=', 'patient.tenant')
          .onRef('alias.environment', '=', 'patient.environment'),
      )
      .select(['alias.system', 'alias.value', survivor.as('patientId')])
      .where('patient.tenant', '=', tenant)
      .where('patient.environment', '=', environment)
      .where(survivor, 'in', chunk)
      .orderBy('alias.system')
      .orderBy('alias.value')
      .execute(),
  );
  const grouped = Map.groupBy(found, ({ patientId }) => patientId);
  return new Map([...grouped].map(([id, all]) => [id, all.map(({ system, value }) => ({ system, value }))]));
}
