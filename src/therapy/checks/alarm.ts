import { alarmFacts } from '../alarm-facts.ts';
import { isLogLine } from '../pump-log.ts';
import { type Checked, type Finding, severityBy } from './finding.ts';

/** An alarm that this model does not have may have come from another pump. */
export function checkAlarm({ event, entry, model, settings }: Checked): readonly Finding[] {
  if (event.type !== 'alarm' || !model?.alarms) return [];
  const known = alarmFacts(settings, event.code);
  if (!known || model.alarms.includes(known.code)) return [];
  const message = 'this model of pump is not known to have this alarm';
  const field = isLogLine(entry) ? 'pumpLog' : 'code';
  return [{ code: 'alarm-outside-model', field, message, severity: severityBy(model, 'alarms') }];
}
