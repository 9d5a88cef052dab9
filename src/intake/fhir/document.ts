import type { Bundle, BundleEntry, Reference, Resource } from '@medplum/fhirtypes';
import { type Place, type Problem, problem } from '../../event/problem.ts';

/** One resource of an input, with where it stands in it. */
export interface Found<R extends Resource = Resource> {
  readonly resource: R;
  /** FHIRPath of the resource: `Bundle.entry[3].resource.ofType(Procedure)`, or only its type. */
  readonly at: string;
  /** Line of NDJSON, from 1. */
  readonly row?: number | undefined;
  /** The resource that contains it. */
  readonly within?: Found | undefined;
}

export interface Document {
  readonly found: readonly Found[];
  /** What a reference of a resource names, where it is in the same input. */
  resolve<R extends Resource>(reference: Reference | undefined, from: Found): Found<R> | undefined;
}

/** What is no JSON, no resource or no Bundle, verbatim. */
export interface NotRead {
  readonly text: string;
  readonly problem: Problem;
}

export interface DocumentLimits {
  readonly maxEvents: number;
  readonly maxDepth: number;
}

/** A Bundle, a resource, an array of them or NDJSON, as the resources in it; several texts are one input. */
export function readDocument(
  text: string | readonly string[],
  limits: DocumentLimits,
): { document: Document; notRead: NotRead[] } {
  const found: Found[] = [];
  const notRead: NotRead[] = [];
  const keys = new Map<string, Found>();
  for (const { json, row } of [text].flat().flatMap((one) => wholes(one.replace(/^\uFEFF/, '')))) {
    const refuse = (code: Problem['code'], message: string) =>
      notRead.push({ text: json, problem: problem(code, message, row === undefined ? {} : { row }) });
    const parsed = parsedJson(json);
    if (!parsed) refuse('body-not-json', 'this is not valid JSON');
    else if (isDeeper(parsed.value, limits.maxDepth)) refuse('body-too-deep', `nested deeper than ${limits.maxDepth}`);
    else if (!isResource(parsed.value)) refuse('fhir-not-resource', 'this is no FHIR resource');
    else {
      for (const entry of entriesOf(parsed.value, row)) keep(entry, found, keys);
      notRead.push(...entriesWithout(parsed.value, row));
    }
  }
  return { document: { found, resolve: (reference, from) => resolved(reference, from, keys) as never }, notRead };
}

/** Where an element of a found resource stands. */
export const placeOf = ({ at, row }: Found, element?: string): Place => ({
  field: element ? `${at}.${element}` : at,
  ...(row !== undefined && { row }),
});

/** The whole text, where it is one JSON value; else its lines. */
function wholes(text: string): { json: string; row?: number }[] {
  if (parsedJson(text)) return [{ json: text }];
  const lines = text.split(/\r?\n/).map((json, n) => ({ json, row: n + 1 }));
  const written = lines.filter(({ json }) => json.trim() !== '');
  return written.length > 1 ? written : [{ json: text }];
}

interface Entry {
  readonly found: Found;
  readonly fullUrl?: string | undefined;
}

function entriesOf(value: Resource, row: number | undefined): Entry[] {
  if (value.resourceType !== 'Bundle') return [{ found: { resource: value, at: value.resourceType, row } }];
  return ((value as Bundle).entry ?? []).flatMap((entry: BundleEntry, n): Entry[] => {
    const { resource, fullUrl } = entry ?? {};
    if (!isResource(resource)) return [];
    return [{ found: { resource, at: `Bundle.entry[${n}].resource.ofType(${resource.resourceType})`, row }, fullUrl }];
  });
}

/** An entry that only says what to do, or what was done, may tell of a withdrawal: a human sees it. */
function entriesWithout(value: Resource, row: number | undefined): NotRead[] {
  const entries = value.resourceType === 'Bundle' ? ((value as Bundle).entry ?? []) : [];
  return entries.flatMap((entry: BundleEntry | null, n) => {
    if (isResource(entry?.resource)) return [];
    const place = { field: `Bundle.entry[${n}]`, ...(row !== undefined && { row }) };
    return [
      { text: JSON.stringify(entry), problem: problem('fhir-not-resource', 'this entry holds no resource', place) },
    ];
  });
}

function keep({ found, fullUrl }: Entry, all: Found[], keys: Map<string, Found>): void {
  const { resource } = found;
  all.push(found);
  const named = [
    fullUrl,
    resource.id && `${resource.resourceType}/${resource.id}`,
    ...identifiersOf(resource).flatMap(({ value }) => (value ? [`urn:uuid:${value}`] : [])),
    ...identifiersOf(resource).flatMap(({ system, value }) => (system && value ? [`${system}|${value}`] : [])),
  ];
  // The first that bears a name keeps it.
  for (const name of named) if (name && !keys.has(name)) keys.set(name, found);
}

interface Identified {
  readonly system?: string | undefined;
  readonly value?: string | undefined;
}

/** The identifiers of a resource, whether its type has one or many. */
export function identifiersOf(resource: Resource): readonly Identified[] {
  const { identifier } = resource as { identifier?: Identified | readonly Identified[] };
  if (identifier === undefined) return [];
  return (Array.isArray(identifier) ? identifier : [identifier]).filter(
    (one) => typeof one === 'object' && one !== null,
  );
}

function resolved(reference: Reference | undefined, from: Found, keys: ReadonlyMap<string, Found>): Found | undefined {
  const { reference: stated, identifier } = reference ?? {};
  // What is not valid is looked at, too, for it is kept with what it refers to.
  const text = typeof stated === 'string' ? stated : undefined;
  if (text?.startsWith('#')) return contained(text.slice(1), from.within ?? from);
  const tail = text && /[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}(?=$|\/_history\/)/.exec(text)?.[0];
  const named = (text && keys.get(text)) || (tail && keys.get(tail));
  if (named) return named;
  return identifier?.system && identifier.value ? keys.get(`${identifier.system}|${identifier.value}`) : undefined;
}

function contained(id: string, within: Found): Found | undefined {
  const { contained: stated } = within.resource as { contained?: Resource[] };
  const inside = Array.isArray(stated) ? stated : [];
  const n = inside.findIndex((one) => one?.id === id);
  const resource = inside[n];
  return resource && { resource, at: `${within.at}.contained[${n}]`, row: within.row, within };
}

function parsedJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A name that FHIR could give: it is told where a resource stands, so it is none of the sender's words. */
const typeName = /^[A-Z][A-Za-z]{1,60}$/;

function isResource(value: unknown): value is Resource {
  if (typeof value !== 'object' || value === null) return false;
  const { resourceType, entry = [] } = value as { resourceType?: unknown; entry?: unknown };
  if (typeof resourceType !== 'string' || !typeName.test(resourceType)) return false;
  return resourceType !== 'Bundle' || Array.isArray(entry);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}
