import { bareName } from './bare-name.ts';
import type { AlarmFacts, TherapySettings } from './settings.ts';

/** What an alarm means, by its code or as a source writes it; undefined where the table does not know it. */
export function alarmFacts(settings: TherapySettings, code: string): AlarmFacts | undefined {
  const wanted = bareName(code);
  return settings.alarms.find((alarm) => [alarm.code, ...alarm.alsoWritten].some((name) => bareName(name) === wanted));
}
