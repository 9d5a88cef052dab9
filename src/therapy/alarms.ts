import type { ClinicalEventOf } from '../event/event.ts';
import { alarmFacts } from './alarm-facts.ts';
import type { Draft, PumpDraft } from './draft.ts';
import type { Entry } from './history.ts';
import { interrupt, resume } from './interruption.ts';
import { isClearing } from './pump-log.ts';
import type { AlarmRecord } from './records.ts';
import { isBefore, isExact, type When } from './when.ts';

type Alarm = ClinicalEventOf<'alarm'>;

/** Keeps an alarm, once however often it is reported, and follows what it says of delivery. */
export function alarmed(draft: Draft, pump: PumpDraft, entry: Entry, event: Alarm): void {
  if (isClearing(entry)) return resume(draft, pump, entry);
  const code = codeOf(draft, event);
  const known = draft.alarms.findIndex(
    (record) => record.pumpKey === pump.life.key && record.code === code && isSameTime(record.when, entry.when),
  );
  if (known >= 0) {
    draft.alarms[known] = reportedAgain(draft.alarms[known] as AlarmRecord, entry as Entry<Alarm>);
    return;
  }
  const facts = alarmFacts(draft.settings, code);
  const delivery = facts?.delivery ?? 'continues';
  if (delivery === 'recovered') endStall(draft, pump, entry);
  draft.alarms.push({
    pumpKey: pump.life.key,
    code,
    when: entry.when,
    criticality: event.criticality ?? facts?.criticality,
    delivery,
    inWords: facts?.inWords,
    learnedAt: instantOf(event.learnedAt),
    clearedAt: instantOf(event.clearedAt),
    entry,
    reports: [entry as Entry<Alarm>],
  });
  if (delivery === 'recovered') resume(draft, pump, entry);
  if (delivery === 'stopped' || delivery === 'uncertain') interrupt(draft, pump, entry, delivery);
}

/** The code of the table, however the source writes it; what the table does not know stays as it is written. */
export const codeOf = (draft: Draft, event: Alarm): string =>
  alarmFacts(draft.settings, event.code)?.code ?? event.code;

/** The alarms as known at an instant: one that was cleared later was not cleared yet. */
export function alarmsAt(alarms: readonly AlarmRecord[], at: Temporal.Instant): AlarmRecord[] {
  return alarms.map((alarm) =>
    alarm.clearedAt && isBefore(at, alarm.clearedAt) ? { ...alarm, clearedAt: undefined } : alarm,
  );
}

/** What another report of the same alarm adds: the earliest that anybody learned of it, and when it was over. */
function reportedAgain(record: AlarmRecord, entry: Entry<Alarm>): AlarmRecord {
  const { event } = entry;
  return {
    ...record,
    criticality: record.criticality ?? event.criticality,
    learnedAt: earliest(record.learnedAt, instantOf(event.learnedAt)),
    clearedAt: earliest(record.clearedAt, instantOf(event.clearedAt)),
    reports: [...record.reports, entry],
  };
}

/** The recovery says when the stall before it was over. */
function endStall(draft: Draft, pump: PumpDraft, recovery: Entry): void {
  const stall = draft.alarms.findLastIndex(
    ({ pumpKey, delivery }) => pumpKey === pump.life.key && delivery === 'stopped',
  );
  const record = draft.alarms[stall];
  if (!record || record.clearedAt || !isExact(recovery.when)) return;
  draft.alarms[stall] = { ...record, clearedAt: recovery.when.earliest };
}

const isSameTime = (a: When, b: When): boolean => isExact(a) === isExact(b) && a.earliest.equals(b.earliest);

const instantOf = (text: string | undefined) => (text === undefined ? undefined : Temporal.Instant.from(text));

function earliest(a: Temporal.Instant | undefined, b: Temporal.Instant | undefined) {
  if (!a || !b) return a ?? b;
  return isBefore(b, a) ? b : a;
}
