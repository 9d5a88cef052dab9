import type { ClinicalEvent } from '../event/event.ts';
import { alarmFacts } from './alarm-facts.ts';
import { isImplanted } from './device-life.ts';
import { type Draft, isAbout, type PumpDraft } from './draft.ts';
import { type Entry, placeInTime } from './history.ts';
import { interrupt } from './interruption.ts';
import { outlook } from './outlook.ts';
import { volumeLost } from './reservoir.ts';
import { loseProgram } from './running.ts';
import { sameProgram } from './same-program.ts';
import type { TherapySettings } from './settings.ts';

/**
 * What is no longer known while a report is held back: each implanted pump that it could be about may run another
 * programme from its time on, or hold another volume. What was known until then stays.
 */
export function withoutHeld(draft: Draft, entry: Entry): void {
  const effect = effectOf(entry.event, draft.settings);
  if (effect === 'none') return;
  const candidates = [...draft.pumps.values()].filter((pump) => isImplanted(pump.life) && isAbout(entry, pump));
  for (const pump of candidates) {
    lose(draft, pump, entry, effect);
    pump.forecast = outlook(draft, pump);
  }
}

/** Whether a held report says what a pump is set to do. */
export const changesProgram = (event: ClinicalEvent, settings: TherapySettings): boolean =>
  effectOf(event, settings) === 'programme';

function lose(draft: Draft, pump: PumpDraft, entry: Entry, effect: Effect): void {
  if (effect === 'volume') pump.reservoir = volumeLost(pump.reservoir);
  else if (effect === 'delivery') interrupt(draft, pump, entry, 'uncertain');
  else if (!statesWhatRuns(pump, entry.event)) loseProgram(draft, pump, placeInTime(entry), entry);
}

type Effect = 'programme' | 'volume' | 'delivery' | 'none';

function effectOf(event: ClinicalEvent, settings: TherapySettings): Effect {
  if ('program' in event && event.program) return 'programme';
  switch (event.type) {
    case 'pump-stop':
      return 'programme';
    case 'explant':
      return (event.removed ?? ['pump']).includes('pump') ? 'programme' : 'none';
    case 'revision':
      return event.component === 'pump' && event.action === 'replaced' ? 'programme' : 'volume';
    case 'bolus':
      return event.bolus.kind === 'bridge' ? 'programme' : 'volume';
    case 'refill':
    case 'reservoir-emptied':
      return 'volume';
    case 'alarm': {
      const delivery = alarmFacts(settings, event.code)?.delivery;
      return delivery === 'stopped' || delivery === 'uncertain' ? 'delivery' : 'none';
    }
    default:
      return 'none';
  }
}

/** A held report of the programme that runs leaves no doubt about it. */
function statesWhatRuns(pump: PumpDraft, event: ClinicalEvent): boolean {
  const stated = 'program' in event ? event.program : undefined;
  const isOnlyRead = event.type === 'interrogation' || event.type === 'dose-change';
  return isOnlyRead && stated !== undefined && pump.program !== undefined && sameProgram(pump.program, stated);
}
