import type { Annotation, Extension, Observation, Procedure, Provenance, Reference } from '@medplum/fhirtypes';
import { schemaVersion } from '../../event/envelope.ts';
import { extension, external } from '../../fhir/systems.ts';
import { plainIn } from './components.ts';
import type { Found } from './document.ts';
import { type Facts, said } from './facts.ts';
import { isDead, timeOf } from './group.ts';
import type { Meaning } from './meaning.ts';
import { patientOf } from './patient.ts';
import type { FhirContext } from './read.ts';
import { one, type Report } from './report.ts';
import { isRemark } from './words.ts';

/** What every event has: who reports it, when it happened, about whom, by whom and where. */
export function envelopeOf(report: Report, context: FhirContext): Facts {
  const { main, provenance, system, eventId } = report;
  const from = provenance ?? main;
  return [
    { field: 'schemaVersion', value: schemaVersion, place: {} },
    ...said('source.system', system, from, 'identifier'),
    ...said('source.eventId', eventId, from, 'identifier'),
    ...recordedAt(report),
    ...said('test', isTest(report) || undefined, main, 'meta.security'),
    ...situationOf(report, context),
  ];
}

/** What the event is about, as a correction restates it. */
function situationOf(report: Report, context: FhirContext): Facts {
  const { main } = report;
  const occurredAt = occurrenceOf(report);
  return [
    ...said('occurredAt', occurredAt, main),
    ...said('timeZone', zoneOf(occurredAt, context.siteTimeZone), main),
    ...patientOf(report, context.patientSystems ?? []),
    ...people(report),
    ...encounter(report),
    ...session(report),
  ];
}

/** The time as the source knew it: seconds that were filled up with zeros are left out again. */
export function occurrenceOf({ main, provenance }: Report): string | undefined {
  const time = timeOf(main.resource) ?? provenance?.resource.occurredDateTime;
  const { extension: known = [] } = main.resource as { extension?: Extension[] };
  const precision = known.find(({ url }) => url === extension.timePrecision)?.valueCode;
  return precision === 'minute' ? time?.replace(/^(.{16}):00(?=[Z+-])/, '$1') : time;
}

/**
 * The zone of the site is not told, only the offset at that time: where the site's own zone has another one, the event
 * is kept in the offset as it was written. UTC says nothing about the place.
 */
function zoneOf(occurredAt: string | undefined, site: string | undefined): string | undefined {
  const offset = /[+-]\d{2}:\d{2}$/.exec(occurredAt?.includes('T') ? occurredAt : '')?.[0];
  if (!offset || !occurredAt) return undefined;
  const there = site && Temporal.Instant.from(occurredAt).toZonedDateTimeISO(site).offset;
  return there === offset ? undefined : offset;
}

/** The source's own time of recording, where an Observation tells it; else that of Provenance, perhaps of receipt. */
function recordedAt(report: Report): Facts {
  const { provenance, resources } = report;
  const observations = resources.filter(
    ({ meaning, found }) => found.resource.resourceType === 'Observation' && !ofLog.has(meaning),
  );
  for (const { meaning, found } of resources) {
    const element = meaning === 'alarm' ? undefined : recordedIn[found.resource.resourceType];
    const time = element && (found.resource as unknown as Readonly<Record<string, string | undefined>>)[element];
    if (time) return said('recordedAt', time, found, element);
  }
  return observations.length > 0 ? [] : said('recordedAt', provenance?.resource.recorded, provenance, 'recorded');
}

/** Of a line of the log it is not told when it was recorded. */
const ofLog: ReadonlySet<Meaning> = new Set<Meaning>(['alarm', 'dailyDose']);

const recordedIn: Readonly<Record<string, string>> = {
  Observation: 'issued',
  MedicationStatement: 'dateAsserted',
  AdverseEvent: 'recordedDate',
};

const isTest = ({ main }: Report): boolean =>
  main.resource.meta?.security?.some(({ code }) => code === 'HTEST') ?? false;

/** The person and the clinic: by Provenance, else by what was done. */
function people(report: Report): Facts {
  const { provenance, main } = report;
  const author = provenance?.resource.agent.findIndex(({ type }) =>
    type?.coding?.some(({ system, code }) => system === external.provenanceParticipant && code === 'author'),
  );
  if (provenance && author !== undefined && author >= 0) {
    const { who, onBehalfOf } = provenance.resource.agent[author] as Provenance['agent'][number];
    const isSystem = who.identifier?.system === external.sourceSystem;
    const clinic = provenance.resource.location ?? onBehalfOf;
    return [
      ...(isSystem ? [] : party('performer', who, provenance, `agent[${author}].who`)),
      ...party('clinic', clinic, provenance, 'location'),
    ];
  }
  const done = main.resource as Partial<Procedure>;
  const actor = [done.performer].flat()[0] as { actor?: Reference } | Reference | undefined;
  const performer = actor && 'actor' in actor ? actor.actor : (actor as Reference | undefined);
  return [...party('performer', performer, main, 'performer[0]'), ...party('clinic', done.location, main, 'location')];
}

function party(field: string, reference: Reference | undefined, from: Found, element: string): Facts {
  const { system, value } = reference?.identifier ?? {};
  return [
    ...said(`${field}.identifier`, system && value ? { system, value } : undefined, from, `${element}.identifier`),
    ...said(`${field}.display`, reference?.display, from, `${element}.display`),
  ];
}

function encounter({ resources }: Report): Facts {
  for (const { found } of resources) {
    const { encounter: named, context: during } = found.resource as { encounter?: Reference; context?: Reference };
    const element = named ? 'encounter' : 'context';
    const { system, value } = (named ?? during)?.identifier ?? {};
    if (system && value) return said('encounter.identifier', { system, value }, found, `${element}.identifier`);
  }
  return [];
}

/** The session with the programmer: its panel tells number and clocks. */
function session(report: Report): Facts {
  const panel = one<Observation>(report, 'pumpStatus');
  const facts = [
    ...plainIn('session.reportId', panel, 'session-report-id', 'valueString'),
    ...plainIn('session.programmerModel', panel, 'programmer-model', 'valueString'),
    ...plainIn('session.softwareVersion', panel, 'programmer-software', 'valueString'),
    ...plainIn('session.programmerClockAt', panel, 'programmer-clock', 'valueDateTime'),
    ...plainIn('session.deviceClockAt', panel, 'pump-clock', 'valueDateTime'),
  ];
  const { provenance } = report;
  const entities = provenance?.resource.entity ?? [];
  const n = entities.findIndex(({ what }) => what.identifier?.value !== undefined && !what.identifier.system);
  if (n < 0 || panel) return facts;
  const number = entities[n]?.what.identifier?.value;
  return [...facts, ...said('session.reportId', number, provenance, `entity[${n}].what.identifier.value`)];
}

/** What somebody noted: remarks of an adapter beside it are its own. */
export function noteOf(found: Found | undefined, skip: (text: string) => boolean = () => false): Facts {
  const { note = [] } = (found?.resource ?? {}) as { note?: Annotation[] };
  const n = note.findIndex(({ text = '' }) => !skip(text) && !isRemark(text));
  return n < 0 ? [] : said('note', note[n]?.text, found, `note[${n}].text`);
}

/** Whether everything that the report made says of itself that it was entered in error. */
export const isWithdrawn = ({ resources }: Report): boolean => {
  const status = resources.filter(({ meaning }) => meaning !== 'adverseEvent' && meaning !== 'medication');
  return status.length > 0 && status.every(({ found }) => isDead(found));
};
