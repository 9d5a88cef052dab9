import { problem } from '../event/problem.ts';
import { checkAlarm } from './checks/alarm.ts';
import { checkArithmetic } from './checks/arithmetic.ts';
import { checkClocks } from './checks/clocks.ts';
import { checkFill } from './checks/fill.ts';
import type { Before, Check, Checked, Finding } from './checks/finding.ts';
import { checkLabel } from './checks/label.ts';
import { checkPlausible } from './checks/plausible.ts';
import { checkProduct } from './checks/product.ts';
import { checkProgram } from './checks/program.ts';
import { checkResidual } from './checks/residual.ts';
import { checkTitration } from './checks/titration.ts';
import type { Draft, PumpDraft } from './draft.ts';
import type { Entry } from './history.ts';
import { modelFacts } from './model-facts.ts';
import { isClearing, isLogLine } from './pump-log.ts';
import type { Flag, Session } from './records.ts';

const checks: readonly Check[] = [
  checkResidual,
  checkFill,
  checkProduct,
  checkProgram,
  checkTitration,
  checkAlarm,
  checkLabel,
  checkPlausible,
  checkClocks,
  checkArithmetic,
];

/**
 * Compares what an event states with what was known and what the model can do. It only ever flags: nothing is blocked.
 * The event stands already in the draft: programme, reservoir, forecast and residual are those it left.
 */
export function checkEvent(draft: Draft, pump: PumpDraft, entry: Entry, before: Before): void {
  const checked = checkedOf(draft, pump, entry, before);
  for (const check of checksOf(entry)) {
    draft.flags.push(...check(checked).map((finding) => flagOf(finding, pump.life.key, entry)));
  }
}

/** A line of the log and the end of an alarm are parts of a report; what the report states is checked once, as a whole. */
function checksOf(entry: Entry): readonly Check[] {
  if (isClearing(entry)) return [];
  return isLogLine(entry) ? [checkAlarm] : checks;
}

function checkedOf(draft: Draft, pump: PumpDraft, entry: Entry, before: Before): Checked {
  const { settings, baseline } = draft;
  const sessions = draft.sessions.filter(({ pumpKey }) => pumpKey === pump.life.key);
  return {
    event: entry.event,
    entry,
    settings,
    label: pump.life.label,
    model: modelFacts(settings, pump.life.label),
    implanted: pump.life.implanted,
    before,
    program: pump.program,
    session: sessions.at(-1) as Session,
    earlier: sessions.slice(0, -1),
    baseline,
  };
}

function flagOf({ code, message, field, severity = 'warning' }: Finding, pumpKey: string, entry: Entry): Flag {
  const place = { field, eventId: entry.source.reportEventId };
  return { problem: problem(code, message, place, severity), pumpKey, entry };
}
