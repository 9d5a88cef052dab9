import type {
  Device,
  MedicationAdministration,
  Observation,
  Procedure,
  Provenance,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import { external } from '../../fhir/systems.ts';
import type { Document, Found } from './document.ts';
import { codeIn, type Meaning } from './meaning.ts';
import { identitiesOf, type Origin } from './origin.ts';

/** Everything that one report of a source made, as far as it is in the input. */
export interface Report extends Origin {
  /** What says what happened: the report is read from it, and its problems stand there. */
  readonly main: Found;
  readonly resources: readonly Recognised[];
  /** What tells who reported it and when; of several the newest. */
  readonly provenance?: Found<Provenance> | undefined;
  readonly document: Document;
  readonly beside: Beside;
}

/** What the other reports of the input say of the same devices. */
export interface Beside {
  /** The reports whose Provenance names a resource, in the order in which they happened. */
  readonly makersOf: ReadonlyMap<Resource, readonly Report[]>;
  /** The infusions of a pump. */
  readonly infusionsOf: ReadonlyMap<Resource, readonly Found<MedicationAdministration>[]>;
  /** The alarms of a pump. */
  readonly alarmsOf: ReadonlyMap<Resource, readonly Found<Observation>[]>;
}

export interface Recognised {
  readonly meaning: Meaning;
  readonly found: Found;
}

/** The resource of the report with this meaning, the first where it made several. */
export function one<R extends Resource>(report: Report, meaning: Meaning): Found<R> | undefined {
  return all<R>(report, meaning)[0];
}

export function all<R extends Resource>({ resources }: Report, meaning: Meaning): Found<R>[] {
  return resources.flatMap((each) => (each.meaning === meaning ? [each.found as Found<R>] : []));
}

/** What a Procedure was done to, by what was done: `implanted`, `explanted`, `manipulated`. */
export function devicesBy(report: Report, action: string): Found<Device>[] {
  const procedure = one<Procedure>(report, 'procedure');
  const { focalDevice = [] } = procedure?.resource ?? {};
  return focalDevice.flatMap(({ action: done, manipulated }) => {
    if (codeIn(done, external.deviceAction) !== action) return [];
    return named<Device>(report, manipulated, procedure) ?? [];
  });
}

export function named<R extends Resource>(
  { document }: Report,
  reference: Reference | undefined,
  from: Found | undefined,
): Found<R> | undefined {
  return from && document.resolve<R>(reference, from);
}

/** Whether the Provenance of the report says that it made or changed this resource. */
export const made = (report: Report, target: Found): boolean =>
  report.beside.makersOf.get(target.resource)?.includes(report) ?? false;

/** Whether this report is the first of the input that made or changed the resource: undefined where no Provenance says. */
export function isFirstToName(report: Report, target: Found): boolean | undefined {
  const [first] = report.beside.makersOf.get(target.resource) ?? [];
  return first && first === report;
}

/** The order of two FHIR times; a partial date stands at its beginning. */
export function compareInstants(a: string, b: string): number {
  return Temporal.Instant.compare(instantIn(a), instantIn(b));
}

export function instantIn(text: string): Temporal.Instant {
  if (text.includes('T')) return Temporal.Instant.from(text);
  const day = `${text}${'0001-01-01'.slice(text.length)}`;
  return Temporal.PlainDate.from(day).toZonedDateTime('UTC').toInstant();
}

/** The infusion that ran through an instant at a pump: it began before and goes on after. */
export function runningThrough(
  report: Report,
  pump: Found | undefined,
  at: string,
): Found<MedicationAdministration> | undefined {
  if (!pump || !at.includes('T')) return undefined;
  return report.beside.infusionsOf
    .get(pump.resource)
    ?.find(({ resource: { effectivePeriod: { start, end } = {} } }) => {
      if (!start) return false;
      return compareInstants(start, at) < 0 && (end === undefined || compareInstants(at, end) < 0);
    });
}

/** All identities that an adapter gave to what the report made. */
export const identitiesIn = ({ resources, provenance }: Report) =>
  [...resources.map(({ found }) => found), ...(provenance ? [provenance] : [])].flatMap(({ resource }) =>
    identitiesOf(resource),
  );
