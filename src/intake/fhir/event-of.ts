import type { MedicationAdministration, Provenance } from '@medplum/fhirtypes';
import { alarmEvent } from './alarm.ts';
import { carePlan } from './care-plan.ts';
import { assessment, baseline, complication, course, imaging, rescueMedication, screening } from './clinical-event.ts';
import { envelopeOf } from './envelope.ts';
import type { Fact, Facts } from './facts.ts';
import { said } from './facts.ts';
import type { Meaning } from './meaning.ts';
import { bolusGiven, pumpEvent } from './pump-event.ts';
import { devices } from './pump-session.ts';
import type { FhirContext } from './read.ts';
import { one, type Report } from './report.ts';

/**
 * What a report says, field by field of the canonical event; a correction restates its event in full. Undefined: nothing
 * that it made says what happened.
 */
export function factsOf(report: Report, context: FhirContext): Facts | undefined {
  const meaning = report.resources.find(({ found }) => found === report.main)?.meaning;
  const read = meaning && readers[meaning];
  const happened = read?.(report, context);
  if (!happened) return undefined;
  const type = happened.find((fact) => 'field' in fact && fact.field === 'type');
  const isTransfer = type && 'field' in type && type.value === 'transfer';
  const envelope = envelopeOf(report, context).filter((fact) => !(isTransfer && isField(fact, 'clinic')));
  const facts = [...envelope, ...happened];
  return correctionOf(report) ? restated(report, facts) : facts;
}

/** A report whose every resource was withdrawn at the sender: the event did not happen. */
export function withdrawalOf(report: Report, context: FhirContext): Facts {
  const { eventId, main } = report;
  const envelope = envelopeOf(report, context).filter(
    (fact) => !isField(fact, 'source.eventId') && !isField(fact, 'clinic') && !isField(fact, 'recordedAt'),
  );
  return [
    ...envelope,
    ...said('type', 'void', main, 'status'),
    ...said('source.eventId', `${eventId}|entered-in-error`, main, 'status'),
    ...said('voids', eventId, main, 'identifier'),
    ...said('reason', 'entered in error at the sender', main, 'status'),
  ];
}

type Reader = (report: Report, context: FhirContext) => Facts | undefined;

const readers: Partial<Record<Meaning, Reader>> = {
  procedure: pumpEvent,
  reservoirFill: pumpEvent,
  infusion: pumpEvent,
  regimen: pumpEvent,
  dailyDose: pumpEvent,
  pumpStatus: pumpEvent,
  bolus: (report) => [
    ...said('type', 'bolus', report.main, 'dosage.method'),
    ...devices(report),
    ...bolusGiven(one<MedicationAdministration>(report, 'bolus') as never),
  ],
  alarm: alarmEvent,
  screeningBolus: screening,
  complication,
  adverseEvent: complication,
  assessment,
  imaging,
  rescueMedication,
  carePlan,
  baseline,
  course,
};

/** The report that corrected the event, by the Provenance of what it made; undefined: it stands as first reported. */
function correctionOf({ provenance, system, eventId }: Report): string | undefined {
  const activity = provenance?.resource.activity?.coding?.some(({ code }) => code === 'UPDATE');
  const own = sourceIn(provenance?.resource, system);
  return activity && own !== eventId ? own : undefined;
}

const sourceIn = (provenance: Provenance | undefined, system: string): string | undefined =>
  provenance?.entity?.find(({ what }) => what.identifier?.system === system)?.what.identifier?.value;

/** What is stated once for a correction as a whole; all else is restated inside it. */
const ofReport = ['schemaVersion', 'source', 'recordedAt', 'test'];

function restated(report: Report, facts: Facts): Facts {
  const { provenance, eventId, main } = report;
  const reason = provenance?.resource.reason?.[0]?.text;
  const outer = facts.filter(
    (fact) =>
      ofReport.some((name) => isField(fact, name)) && !isField(fact, 'source.eventId') && !isField(fact, 'recordedAt'),
  );
  const situation = facts.filter((fact) => isField(fact, 'occurredAt') || isField(fact, 'patient'));
  const inner = facts.filter((fact) => !ofReport.some((name) => isField(fact, name)));
  return [
    ...outer,
    ...situation,
    ...said('type', 'correction', provenance, 'activity'),
    ...said('source.eventId', correctionOf(report), provenance, 'entity'),
    ...said('recordedAt', provenance?.resource.recorded, provenance, 'recorded'),
    ...said('replaces', eventId, main, 'identifier'),
    ...said('reason', reason, provenance, 'reason[0].text'),
    ...inner.map((fact): Fact => ('field' in fact ? { ...fact, field: `event.${fact.field}` } : fact)),
  ];
}

const isField = (fact: Fact, name: string): boolean =>
  'field' in fact && (fact.field === name || fact.field.startsWith(`${name}.`));
