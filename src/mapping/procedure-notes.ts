import type { Annotation } from '@medplum/fhirtypes';
import type { ClinicalEvent } from '../event/event.ts';
import type { MappingContext } from './context.ts';
import { programmeInWords } from './programme-in-words.ts';

/** What the source noted, then what it says and FHIR has no element for, each with its name, in the order of a report. */
export function procedureNotes(event: ClinicalEvent, context: MappingContext): Annotation[] {
  const stated = [...ofProcedure(event), programmeBefore(event, context), ...ofSession(event)];
  const named = stated.flatMap(([name, value]) => (value === undefined ? [] : [{ text: `${name}: ${value}` }]));
  return [...(event.note ? [{ text: event.note }] : []), ...named];
}

type Stated = readonly [name: string, value: string | number | undefined];

function ofProcedure(event: ClinicalEvent): Stated[] {
  switch (event.type) {
    case 'implant':
      return [
        ['Anaesthesia', event.anaesthesia],
        ['Source of the information', event.informationSource],
      ];
    case 'revision':
      return [
        ['Revision', `${event.component} ${event.action}`],
        ['Anaesthesia', event.anaesthesia],
      ];
    case 'refill':
      return [
        ['Needle attempts', event.needleAttempts],
        ['Imaging used', event.imagingUsed],
        ['Reservoir rinsed with', event.rinseVolumeMl === undefined ? undefined : `${event.rinseVolumeMl} mL`],
      ];
    case 'dose-change':
      return [
        ['Phase', event.phase],
        ['Change of the daily dose, as reported', percent(event.changePercent)],
      ];
    default:
      return [];
  }
}

/** What the programmer showed before it was changed. What was known to run then has resources of its own. */
function programmeBefore(event: ClinicalEvent, context: MappingContext): Stated {
  const before = 'previousProgram' in event ? event.previousProgram : undefined;
  return ['Programme before, as reported', before && programmeInWords(before, context)];
}

const percent = (value: number | undefined): string | undefined => (value === undefined ? undefined : `${value} %`);

/** The session with the programmer; its clocks stand beside the time of the event and never replace it. */
function ofSession(event: ClinicalEvent): Stated[] {
  const { programmerModel, softwareVersion, programmerClockAt, deviceClockAt } = event.session ?? {};
  const ofPump = deviceClockAt ?? (event.type === 'interrogation' ? event.deviceClockAt : undefined);
  return [
    ['Programmer', programmerModel],
    ['Software of the programmer', softwareVersion],
    ['Clock of the programmer', programmerClockAt],
    ['Clock of the pump', ofPump],
  ];
}
