import { changePercent, percent } from '../dose.ts';
import { isMore, magnitude, subtract } from '../quantity.ts';
import type { Checked, Finding } from './finding.ts';

/** What the sender or the programmer calculated, against the same from what is known here. */
export function checkArithmetic(checked: Checked): readonly Finding[] {
  return [...statedChange(checked), ...alarmDate(checked)];
}

/** The sender's change counts from the dose that it saw before, where it says so. */
function statedChange({ event, before, program, settings }: Checked): Finding[] {
  if (event.type !== 'dose-change' || event.changePercent === undefined) return [];
  const ours = changePercent(event.previousProgram ?? before.program, program);
  if (ours === undefined) return [];
  const apart = magnitude(subtract(percent(event.changePercent), percent(ours)));
  if (!isMore(apart, percent(settings.checks.changePercentPoints))) return [];
  const message = 'the change stated is not that from the dose before to the dose now';
  return [{ code: 'sender-arithmetic-differs', field: 'changePercent', message }];
}

function alarmDate({ event, session, settings }: Checked): Finding[] {
  const stated = 'reported' in event ? event.reported?.lowReservoirAlarmDate : undefined;
  const ours = session.forecast?.alarmDate;
  if (stated === undefined || ours === undefined) return [];
  const apart = Math.abs(ours.until(stated, { largestUnit: 'days' }).days);
  if (apart <= settings.checks.alarmDateDays) return [];
  const message = 'the programmer shows another alarm date than is calculated here';
  return [
    {
      code: 'reported-differs-from-calculated',
      field: 'reported.lowReservoirAlarmDate',
      message,
      severity: 'information',
    },
  ];
}
