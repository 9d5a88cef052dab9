import type { ClinicalEventOf } from '../event/event.ts';
import { alarmFacts } from './alarm-facts.ts';
import { bareName } from './bare-name.ts';
import type { Entry } from './history.ts';
import type { TherapySettings } from './settings.ts';
import { isExact, whenOf } from './when.ts';

/**
 * What one report says of several instants, as an entry for each: an interrogation is followed by the lines of the log
 * of the pump, which count at their own time; an alarm that stopped delivery and was cleared, by its clearing.
 */
export function expand<Kept extends Entry>(entry: Kept, settings: TherapySettings): Kept[] {
  const { event } = entry;
  if (event.type === 'alarm') return [entry, ...clearing(entry, event, 'alarm', settings)];
  return event.type === 'interrogation' ? [entry, ...logLines(entry, event, settings)] : [entry];
}

type Line = NonNullable<ClinicalEventOf<'interrogation'>['pumpLog']>[number];

function logLines<Kept extends Entry>(
  entry: Kept,
  event: ClinicalEventOf<'interrogation'>,
  settings: TherapySettings,
): Kept[] {
  const once = Map.groupBy(event.pumpLog ?? [], ({ code, at }) => `${bareName(code)}|${Temporal.Instant.from(at)}`);
  return [...once.values()].flatMap((lines) => {
    const [first] = lines as [Line];
    const clearedAt = lines.find((line) => line.clearedAt)?.clearedAt;
    const { pump, performer, encounter, clinic, session, patient, timeZone } = event;
    const alarm: ClinicalEventOf<'alarm'> = {
      type: 'alarm',
      occurredAt: first.at,
      ...(timeZone && { timeZone }),
      ...(patient && { patient }),
      ...(pump && { pump }),
      ...(performer && { performer }),
      ...(encounter && { encounter }),
      ...(clinic && { clinic }),
      ...(session && { session }),
      code: first.code,
      ...(isExact(entry.when) && { learnedAt: event.occurredAt }),
      ...(clearedAt && { clearedAt }),
    };
    const part = `log|${first.code}|${Temporal.Instant.from(first.at)}`;
    const line = { ...entry, event: alarm, when: whenOf(first.at, entry.when.zone), source: { ...entry.source, part } };
    return [line, ...clearing(line, alarm, part, settings)];
  });
}

/** Only the end of a stop is a happening of its own: then delivery goes on. */
function clearing<Kept extends Entry>(
  entry: Kept,
  event: ClinicalEventOf<'alarm'>,
  part: string,
  settings: TherapySettings,
): Kept[] {
  const { clearedAt } = event;
  if (!clearedAt || alarmFacts(settings, event.code)?.delivery !== 'stopped') return [];
  return [
    {
      ...entry,
      event: { ...event, occurredAt: clearedAt },
      when: whenOf(clearedAt, entry.when.zone),
      source: { ...entry.source, part: `${part}${clearedMark}` },
    },
  ];
}

const clearedMark = '|cleared';

/** Whether the entry says only that an alarm is over. */
export const isClearing = (entry: Entry): boolean => entry.source.part?.endsWith(clearedMark) ?? false;

/** A line of the log rather than a report of its own. */
export const isLogLine = (entry: Entry): boolean => entry.source.part?.startsWith('log|') ?? false;
