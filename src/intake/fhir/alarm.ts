import type { Observation } from '@medplum/fhirtypes';
import { itb } from '../../fhir/systems.ts';
import { partsOf, plainIn } from './components.ts';
import type { Found } from './document.ts';
import { noteOf } from './envelope.ts';
import { type Facts, said } from './facts.ts';
import { codeIn } from './meaning.ts';
import { devices } from './pump-session.ts';
import { all, compareInstants, named, type Report } from './report.ts';

/** An alarm that was heard, as its Observation tells it. */
export function alarmEvent(report: Report): Facts {
  const alarm = report.main as Found<Observation>;
  const critical = partsOf(alarm, 'alarm-critical')[0]?.component.valueBoolean;
  const { recorded } = report.provenance?.resource ?? {};
  const { issued, valueCodeableConcept } = alarm.resource;
  const isLearned = issued !== undefined && (recorded === undefined || compareInstants(issued, recorded) !== 0);
  return [
    ...said('type', 'alarm', alarm, 'code'),
    ...devices(report),
    ...said('code', codeIn(valueCodeableConcept, itb.alarm), alarm, 'value'),
    ...said(
      'criticality',
      critical === undefined ? undefined : critical ? 'critical' : 'non-critical',
      alarm,
      'component',
    ),
    ...said('learnedAt', isLearned ? issued : undefined, alarm, 'issued'),
    ...(isLearned ? [] : said('recordedAt', issued, alarm, 'issued')),
    ...clearedAt(report, alarm, 'clearedAt'),
    ...plainIn('tone', alarm, 'alarm-tone', 'valueString'),
    ...noteOf(alarm, isStanding),
  ];
}

/** The lines of the log that an interrogation read. */
export function logLines(report: Report): Facts {
  return all<Observation>(report, 'alarm').flatMap((alarm, n) => [
    ...said(`pumpLog[${n}].code`, codeIn(alarm.resource.valueCodeableConcept, itb.alarm), alarm, 'value'),
    ...said(`pumpLog[${n}].at`, alarm.resource.effectiveDateTime, alarm, 'effective'),
    ...clearedAt(report, alarm, `pumpLog[${n}].clearedAt`),
  ]);
}

/** What an alarm Observation always says. */
const isStanding = (text: string): boolean => text.startsWith('Not an alarm or monitoring system:');

/** A recovery that the pump reported as such says itself when the stall was over. */
function clearedAt(report: Report, alarm: Found<Observation>, field: string): Facts {
  const cleared = plainIn(field, alarm, 'alarm-cleared', 'valueDateTime');
  const at = partsOf(alarm, 'alarm-cleared')[0]?.component.valueDateTime;
  const pump = named(report, alarm.resource.focus?.[0], alarm);
  const others = (pump && report.beside.alarmsOf.get(pump.resource)) ?? [];
  const isRecovered = others.some(
    (other) => other !== alarm && at !== undefined && isRecovery(other) && isAt(other, at),
  );
  return isRecovered ? [] : cleared;
}

const isRecovery = (alarm: Found<Observation>): boolean =>
  codeIn(partsOf(alarm, 'alarm-delivery')[0]?.component.valueCodeableConcept, itb.alarmDelivery) === 'recovered';

const isAt = ({ resource: { effectiveDateTime = '' } }: Found<Observation>, at: string): boolean =>
  effectiveDateTime.includes('T') && compareInstants(effectiveDateTime, at) === 0;
