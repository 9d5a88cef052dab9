import type { Procedure } from '@medplum/fhirtypes';
import type { ClinicalEvent } from '../event/event.ts';
import { itb } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { MappingContext } from './context.ts';
import { concept } from './element.ts';

/** What a session with the pump was, as sources name it; the code of the Procedure says what was done. */
export function pumpEvent(therapy: Timeline, entry: Entry, context: MappingContext): Pick<Procedure, 'category'> {
  const code = codeOf(entry.event) ?? changeIn(therapy, entry);
  return code === undefined ? {} : { category: concept(context, itb.pumpEvent, code) };
}

function codeOf(event: ClinicalEvent): string | undefined {
  switch (event.type) {
    case 'refill':
    case 'interrogation':
    case 'pump-stop':
      return event.type;
    case 'restart':
      return 'pump-restart';
    case 'reservoir-emptied':
      return 'reservoir-emptied-mri';
    case 'bolus':
      return event.bolus.kind === 'bridge' || event.bolus.kind === 'priming' ? `${event.bolus.kind}-bolus` : undefined;
    default:
      return undefined;
  }
}

/** Of a programme that was changed, the weightiest of what changed: the drug, the mode, the dose. */
function changeIn({ sessions }: Timeline, entry: Entry): string | undefined {
  if (entry.event.type !== 'dose-change') return undefined;
  const index = sessions.findIndex((session) => session.entry === entry);
  const before = sessions.slice(0, index).findLast(({ pumpKey }) => pumpKey === sessions[index]?.pumpKey)?.program;
  const now = entry.event.program;
  const [old, next] = [before?.concentrationUgPerMl, now.concentrationUgPerMl];
  if (old !== undefined && next !== undefined && old !== next) return 'concentration-change';
  return before && before.mode !== now.mode ? 'mode-change' : 'dose-change';
}
