import type { Bundle, Patient, Resource } from '@medplum/fhirtypes';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { problemCodes } from '../../../src/event/problem.ts';
import { referenceTo } from '../../../src/fhir/references.ts';
import { type FhirRead, readFhir } from '../../../src/intake/fhir/read.ts';
import { type Desired, desired } from '../../../src/mapping/desired.ts';
import { type Entry, history } from '../../../src/therapy/history.ts';
import { type Timeline, timeline } from '../../../src/therapy/timeline.ts';
import { asOf, mappingContext, recordedOf, settings } from '../../stories/story.ts';

/** Events → FHIR → events, and what is compared of both. */

const newYork = 'America/New_York';

export const contextOf = (patientId: string, siteTimeZone = newYork) => ({
  codes: mappingContext(patientId).codes,
  maxEvents: 10_000,
  maxDepth: 50,
  siteTimeZone,
});

export function therapyOf(events: readonly CanonicalEvent[], patientId: string, siteTimeZone = newYork): Timeline {
  const here = { ...settings, siteTimeZone };
  return timeline(history(recordedOf(events), patientId, here), asOf, here);
}

export const writtenOf = (events: readonly CanonicalEvent[], patientId: string, zone?: string): Desired =>
  desired(therapyOf(events, patientId, zone), mappingContext(patientId));

/** What a hospital has of a patient: its own Patient, and what was written. */
export function bundleOf(
  written: readonly { readonly identity: string; readonly resource: Resource }[],
  patient: Patient,
): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { fullUrl: `Patient/${patient.id}`, resource: patient },
      ...written.map(({ identity, resource }) => ({ fullUrl: referenceTo(identity), resource })),
    ],
  };
}

export function patientNamed(
  id: string,
  events: readonly CanonicalEvent[],
  isMeant: (event: CanonicalEvent) => boolean,
) {
  const event = events.find(isMeant) as CanonicalEvent;
  const stated = (event.type === 'correction' ? event.event.patient : undefined) ?? event.patient;
  return { resourceType: 'Patient' as const, id, identifier: [stated.identifier] };
}

export const eventsIn = ({ items }: FhirRead): CanonicalEvent[] =>
  items.flatMap((item) => ('event' in item ? [item.event] : []));

export const readAgain = (bundle: Bundle, patientId: string, zone?: string): FhirRead =>
  readFhir(JSON.stringify(bundle), contextOf(patientId, zone));

/** Content by identity; times as instants, for the zone of a site is not told, only the offset then. */
export function live({ resources }: Desired, keep: (resource: Resource) => Resource = (resource) => resource) {
  return Object.fromEntries(resources.map(({ identity, resource }) => [identity, inInstants(keep(resource))]));
}

function inInstants(value: unknown): unknown {
  if (typeof value === 'string') return instant.test(value) ? Temporal.Instant.from(value).toString() : value;
  if (Array.isArray(value)) return value.map(inInstants);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, inInstants(child)]));
}

const instant = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/;

/** Without what the mapping remarked beside a report: whether it stated again what ran on is not written. */
export function withoutRemarks(resource: Resource): Resource {
  const { note, ...rest } = resource as Resource & { note?: { text?: string }[] };
  const kept = note?.filter(({ text }) => !remedies.some((remedy) => text?.endsWith(remedy))) ?? [];
  return (kept.length > 0 ? { ...rest, note: kept } : rest) as Resource;
}

const remedies: readonly string[] = Object.values(problemCodes);

/** Reports that the mapping held back: they made no resource. */
export const heldIn = ({ remarks }: Desired): ReadonlySet<string> =>
  new Set(remarks.flatMap(({ held, entry }) => (held && entry ? [entry.source.reportEventId] : [])));

/** What ran when, and what was in the reservoir: as numbers and instants. */
export function deliveredIn(therapy: Timeline, held: ReadonlySet<string> = new Set()) {
  const isTold = ({ source }: Entry) => !held.has(source.reportEventId);
  const text = (value: { toString(): string } | undefined) => value?.toString();
  return {
    segments: therapy.segments.map(({ start, end, role, pumpKey, program, endReason }) => ({
      ...{ start: text(start), end: text(end), role, pumpKey, endReason, mode: program.mode },
    })),
    boluses: therapy.boluses.map(({ start, end, kind, doseUg }) => [text(start), text(end), kind, text(doseUg)]),
    primings: therapy.primings.map(({ at, volumeMl }) => [text(at), text(volumeMl)]),
    fills: therapy.fills.map(({ fill, pumpKey }) => ({ ...fill, drug: undefined, pumpKey })),
    alarms: therapy.alarms
      .filter(({ entry }) => isTold(entry))
      .map(({ code, when, clearedAt, delivery }) => [code, when.text, text(clearedAt), delivery]),
    volumes: therapy.sessions
      .filter(({ entry }) => entry.source.part === undefined && isTold(entry))
      .map(({ entry, reservoirMl }) => [entry.source.rootEventId, text(reservoirMl)]),
    devices: [...therapy.pumps.map(({ life }) => life), ...therapy.catheters].map(({ key, implanted, explanted }) => ({
      ...{ key, implanted: implanted?.text, explanted: explanted?.text },
    })),
  };
}
