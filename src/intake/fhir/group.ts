import type { MedicationAdministration, Observation, Provenance, Reference, Resource } from '@medplum/fhirtypes';
import { type Document, type Found, identifiersOf } from './document.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { isOfAnAdapter, type Origin, originIn } from './origin.ts';
import { type Beside, compareInstants, instantIn, type Recognised, type Report } from './report.ts';

/**
 * Which resources come of one report. What an adapter wrote says it by the source's id that it carries; a hospital's own
 * records by what they are part of, else by their time and pump.
 */
export interface Grouped {
  readonly reports: readonly Report[];
  /** Of whom nothing says which report they come from. */
  readonly unnamed: readonly Recognised[];
}

export function groupReports(
  recognised: readonly Recognised[],
  provenances: readonly Found<Provenance>[],
  document: Document,
  sourceSystem: string | undefined,
): Grouped {
  const makers = recognised.filter(({ meaning }) => !shared.has(meaning));
  const sessions = sessionsAmong(makers, document);
  const origins = new Map(makers.map((each) => [each, originOf(each, sessions, document, sourceSystem)]));
  const named = makers.filter((each) => origins.get(each));
  const groups = Map.groupBy(named, (each) => keyOf(origins.get(each) as Origin));
  const known = indexed(provenances, document);
  const makersOf = new Map<Resource, Report[]>();
  const beside: Beside = {
    makersOf,
    infusionsOf: byPump<MedicationAdministration>(recognised, 'infusion', document),
    alarmsOf: byPump<Observation>(recognised, 'alarm', document),
  };
  const reports: Report[] = [];
  for (const resources of groups.values()) {
    const alive = resources.filter(({ found }) => !isDead(found));
    const told = alive.length > 0 ? alive : resources;
    const origin = origins.get(resources[0] as Recognised) as Origin;
    const begun = { ...origin, main: mainOf(told).found, resources: [...told, ...medicationsOf(told, document)] };
    const provenance = provenanceOf(begun, known);
    const report: Report = { ...begun, document, beside, ...(provenance && { provenance }) };
    reports.push(report);
    for (const { resource } of (provenance && known.targets.get(provenance)) ?? []) {
      makersOf.set(resource, [...(makersOf.get(resource) ?? []), report]);
    }
  }
  for (const [resource, of] of makersOf) makersOf.set(resource, of.toSorted(byOccurrence));
  return { reports, unnamed: makers.filter((each) => !origins.get(each)) };
}

const byOccurrence = (a: Report, b: Report): number =>
  compareInstants(a.provenance?.resource.occurredDateTime ?? '1000', b.provenance?.resource.occurredDateTime ?? '1000');

function byPump<R extends MedicationAdministration | Observation>(
  recognised: readonly Recognised[],
  meaning: Meaning,
  document: Document,
): Map<Resource, Found<R>[]> {
  const of = new Map<Resource, Found<R>[]>();
  for (const each of recognised) {
    if (each.meaning !== meaning || isDead(each.found)) continue;
    const [reference] = devicesOf(each.found);
    const pump = document.resolve(reference, each.found);
    if (pump) of.set(pump.resource, [...(of.get(pump.resource) ?? []), each.found as Found<R>]);
  }
  return of;
}

/** Whether it says of itself that it was entered in error. */
export const isDead = ({ resource }: Found): boolean => (resource as { status?: string }).status === 'entered-in-error';

/** What belongs to the patient or to a fill rather than to one report. */
const shared: ReadonlySet<Meaning> = new Set<Meaning>(['pump', 'catheter', 'medication', 'provenance', 'deviceUse']);

const keyOf = ({ system, eventId }: Origin): string => JSON.stringify([system, eventId]);

/** What says most of what happened stands first. */
const ranks: readonly Meaning[] = [
  ...(['procedure', 'screeningBolus', 'complication', 'assessment', 'imaging', 'rescueMedication'] as const),
  ...(['carePlan', 'baseline', 'course', 'alarm', 'bolus', 'reservoirFill', 'infusion', 'regimen'] as const),
  ...(['pumpStatus', 'adverseEvent', 'dailyDose', 'screeningResponse', 'primingBolus', 'bolusCount'] as const),
];

const mainOf = (resources: readonly Recognised[]): Recognised =>
  resources.toSorted((a, b) => rankOf(a) - rankOf(b))[0] as Recognised;

function rankOf({ meaning }: Recognised): number {
  const place = ranks.indexOf(meaning);
  return place < 0 ? ranks.length : place;
}

function originOf(
  each: Recognised,
  sessions: Sessions,
  document: Document,
  sourceSystem: string | undefined,
): Origin | undefined {
  const { resource } = each.found;
  if (isOfAnAdapter(resource)) return originIn(resource) ?? originOfObservation(each, document);
  const whole = wholeOf(each, sessions, document);
  return whole ? originOf(whole, sessions, document, sourceSystem) : ownOrigin(resource, sourceSystem);
}

/** An AdverseEvent names the Observation of the same complication, for R4 gives it one identifier only. */
function originOfObservation({ found }: Recognised, document: Document): Origin | undefined {
  if (found.resource.resourceType !== 'AdverseEvent') return undefined;
  const told = document.resolve<Observation>(found.resource.subjectMedicalHistory?.[0], found);
  return told && originIn(told.resource);
}

/** A record of the hospital's own: the system is that of the site's configuration, else what the record says of itself. */
function ownOrigin(resource: Resource, sourceSystem: string | undefined): Origin | undefined {
  const own = identifiersOf(resource).find(({ system, value }) => system && value);
  const eventId = own?.value ?? (resource.id && `${resource.resourceType}/${resource.id}`);
  const system = sourceSystem ?? resource.meta?.source?.split('#')[0] ?? own?.system;
  return eventId && system ? { system, eventId } : undefined;
}

/**
 * What a hospital's own record belongs to: the Procedure or the dose that it is part of, else the Procedure of its
 * instant at its pump. An infusion that goes on by an earlier order, as one does after a bridge, belongs to the first;
 * so does the order.
 */
function wholeOf(each: Recognised, sessions: Sessions, document: Document): Recognised | undefined {
  const { meaning, found } = each;
  const { partOf = [], request } = found.resource as { partOf?: Reference[]; request?: Reference };
  const parts = partOf.flatMap((reference) => sessions.byFound.get(document.resolve(reference, found)) ?? []);
  const whole = parts.find((part) => (wholes[meaning] ?? []).includes(part.meaning));
  if (whole || !ofSessions.has(meaning)) return whole;
  const atOnce = sessions.byTime.get(sessionKey(each, document) ?? '');
  const order = meaning === 'regimen' ? found : document.resolve(request, found);
  const first = order && meaning !== 'bolus' ? sessions.firstBy.get(order) : undefined;
  return atOnce ?? (first === each ? undefined : first);
}

const wholes: Partial<Record<Meaning, readonly Meaning[]>> = {
  pumpStatus: ['procedure'],
  reservoirFill: ['procedure'],
  primingBolus: ['procedure'],
  volumeDiscrepancy: ['procedure'],
  dailyDose: ['infusion'],
  screeningResponse: ['screeningBolus'],
};

const ofSessions: ReadonlySet<Meaning> = new Set<Meaning>([
  ...(['pumpStatus', 'reservoirFill', 'primingBolus', 'infusion', 'regimen', 'bolus', 'dailyDose'] as const),
  ...(['bolusCount', 'volumeDiscrepancy'] as const),
]);

interface Sessions {
  readonly byFound: ReadonlyMap<Found | undefined, Recognised>;
  readonly byTime: ReadonlyMap<string, Recognised>;
  /** The first infusion by an order. */
  readonly firstBy: ReadonlyMap<Found, Recognised>;
}

function sessionsAmong(makers: readonly Recognised[], document: Document): Sessions {
  const byTime = new Map<string, Recognised>();
  const firstBy = new Map<Found, Recognised>();
  for (const each of makers) {
    const key = each.meaning === 'procedure' ? sessionKey(each, document) : undefined;
    if (key !== undefined) byTime.set(key, each);
    if (each.meaning !== 'infusion') continue;
    const order = document.resolve((each.found.resource as MedicationAdministration).request, each.found);
    const known = order && firstBy.get(order);
    if (order && (!known || isEarlier(each, known))) firstBy.set(order, each);
  }
  return { byFound: new Map(makers.map((each) => [each.found, each])), byTime, firstBy };
}

const isEarlier = (a: Recognised, b: Recognised): boolean =>
  compareInstants(timeOf(a.found.resource) ?? '9999', timeOf(b.found.resource) ?? '9999') < 0;

/** One instant at one pump, for what names both. */
function sessionKey({ found }: Recognised, document: Document): string | undefined {
  const time = timeOf(found.resource);
  const pumps = devicesOf(found).flatMap((reference) => document.resolve(reference, found) ?? []);
  const pump = pumps.find(({ resource }) => meaningOf(resource) === 'pump');
  if (!time?.includes('T') || !pump) return undefined;
  return `${instantIn(time)} ${pump.at} ${pump.row}`;
}

interface Timed {
  readonly performedDateTime?: string;
  readonly performedPeriod?: { readonly start?: string };
  readonly effectiveDateTime?: string;
  readonly effectivePeriod?: { readonly start?: string };
  readonly authoredOn?: string;
  readonly created?: string;
  readonly date?: string;
}

/** When what a resource tells happened or began. */
export function timeOf(resource: Resource): string | undefined {
  const timed = resource as Timed;
  return (
    timed.performedDateTime ??
    timed.performedPeriod?.start ??
    timed.effectiveDateTime ??
    timed.effectivePeriod?.start ??
    timed.created ??
    timed.authoredOn ??
    timed.date
  );
}

function devicesOf({ resource }: Found): Reference[] {
  if (resource.resourceType === 'Procedure') return (resource.focalDevice ?? []).map(({ manipulated }) => manipulated);
  const { device } = resource as { device?: Reference | Reference[] };
  return device === undefined ? [] : [device].flat();
}

/** The Medication of a fill has no meaning without it. */
function medicationsOf(resources: readonly Recognised[], document: Document): Recognised[] {
  return resources.flatMap(({ meaning, found }): Recognised[] => {
    if (meaning !== 'reservoirFill' || found.resource.resourceType !== 'MedicationAdministration') return [];
    const medication = document.resolve(found.resource.medicationReference, found);
    return medication ? [{ meaning: 'medication', found: medication }] : [];
  });
}

interface Provenances {
  readonly targets: ReadonlyMap<Found<Provenance>, readonly Found[]>;
  readonly bySource: ReadonlyMap<string, readonly Found<Provenance>[]>;
  readonly byTarget: ReadonlyMap<Found, readonly Found<Provenance>[]>;
}

function indexed(provenances: readonly Found<Provenance>[], document: Document): Provenances {
  const targets = new Map(
    provenances.map((found) => [
      found,
      found.resource.target.flatMap((reference) => document.resolve(reference, found) ?? []),
    ]),
  );
  const bySource = provenances.flatMap((found) => sourcesOf(found).map((source) => ({ found, key: keyOf(source) })));
  const byTarget = provenances.flatMap((found) => (targets.get(found) ?? []).map((target) => ({ found, target })));
  const onlyFound = <K>(groups: Map<K, { found: Found<Provenance> }[]>) =>
    new Map([...groups].map(([key, of]) => [key, of.map(({ found }) => found)]));
  return {
    targets,
    bySource: onlyFound(Map.groupBy(bySource, ({ key }) => key)),
    byTarget: onlyFound(Map.groupBy(byTarget, ({ target }) => target)),
  };
}

const sourcesOf = ({ resource: { entity = [] } }: Found<Provenance>): Origin[] =>
  entity.flatMap(({ what: { identifier } }) =>
    identifier?.system && identifier.value ? [{ system: identifier.system, eventId: identifier.value }] : [],
  );

/**
 * The Provenance of a report names its id at the source. Of a correction it names that of the correction: then the
 * report is the one that it made, and not one whose resources it only changed.
 */
function provenanceOf(
  { system, eventId, main }: Pick<Report, 'system' | 'eventId' | 'main'>,
  known: Provenances,
): Found<Provenance> | undefined {
  const time = timeOf(main.resource);
  const named = known.bySource.get(keyOf({ system, eventId })) ?? [];
  const makers = (known.byTarget.get(main) ?? []).filter(
    (found) =>
      sourcesOf(found).some((source) => source.system === system) &&
      (found.resource.occurredDateTime === undefined || found.resource.occurredDateTime === time),
  );
  const own = new Set([...named, ...makers]);
  return [...own].toSorted((a, b) => compareInstants(a.resource.recorded, b.resource.recorded)).at(-1);
}
