import type { Provenance, Resource } from '@medplum/fhirtypes';
import { type Problem, problem } from '../../event/problem.ts';
import type { Codes } from '../../fhir/codes.ts';
import { validate } from '../../fhir/validate.ts';
import type { Item, Unusable, Unused } from '../item.ts';
import { type Document, type Found, type NotRead, placeOf, readDocument } from './document.ts';
import { isWithdrawn } from './envelope.ts';
import { factsOf, withdrawalOf } from './event-of.ts';
import { eventOf } from './facts.ts';
import { groupReports } from './group.ts';
import { derived } from './kinds.ts';
import { meaningOf } from './meaning.ts';
import { identitiesOf, isOfAnAdapter } from './origin.ts';
import { subjectOf } from './patient.ts';
import { identitiesIn, type Recognised, type Report } from './report.ts';
import { setAside, unusedIn } from './unused.ts';

export interface FhirContext {
  readonly codes: Codes;
  readonly maxEvents: number;
  readonly maxDepth: number;
  /** Source system of a hospital's own records: those that no adapter wrote. */
  readonly sourceSystem?: string | undefined;
  /** Identifier systems of patients, the preferred first; where a Patient has several identifiers, one of these is meant. */
  readonly patientSystems?: readonly string[] | undefined;
  /** IANA zone of the site: a time with another offset is kept in that offset. */
  readonly siteTimeZone?: string | undefined;
}

export interface FhirRead {
  readonly items: readonly Item[];
  readonly unused: readonly Unused[];
  /** Nothing is in it, or too much: there are no items. */
  readonly unreadable?: Problem | undefined;
}

/**
 * A Bundle, one resource, an array or NDJSON of them, or several such texts, in our profiles → the events that they were made from: one for
 * each report of a source. What is not in our profiles, or not valid there, goes to review. Pure; needs `loadDefinitions`
 * to have been called.
 */
export function readFhir(text: string | readonly string[], context: FhirContext): FhirRead {
  if ([text].flat().every((one) => one.replace(/^\uFEFF/, '').trim() === ''))
    return unreadable('body-empty', 'the input holds no resource');
  const { document, notRead } = readDocument(text, context);
  const recognised: Recognised[] = [];
  const provenances: Found<Provenance>[] = [];
  const items: Item[] = notRead.map(unread);
  for (const found of document.found) {
    const { resource } = found;
    const isProvenance = resource.resourceType === 'Provenance';
    const meaning = isProvenance ? undefined : meaningOf(resource);
    const findings = isProvenance || meaning ? findingsOf(resource) : [];
    if (findings.length > 0)
      items.push(
        unusable(
          found,
          document,
          findings.map((each) => invalid(found, each)),
        ),
      );
    else if (isProvenance) provenances.push(found as Found<Provenance>);
    else if (meaning) recognised.push({ meaning, found });
    else if (!setAside(resource)) items.push(unusable(found, document, [unknown(found)]));
  }
  if (document.found.length + notRead.length === 0) return unreadable('body-empty', 'the input holds no resource');
  const { reports, unnamed } = groupReports(recognised, provenances, document, context.sourceSystem);
  if (reports.length > context.maxEvents)
    return unreadable('too-many-events', `more than ${context.maxEvents} reports`);
  items.push(...reports.flatMap((report) => itemOf(report, context) ?? []));
  const alone = unnamed.filter(({ meaning }) => !derived[meaning]);
  items.push(...alone.map(({ found }) => unusable(found, document, [unnamedSource(found)])));
  return { items, unused: unusedIn(document, recognised, reports) };
}

const unreadable = (code: 'body-empty' | 'too-many-events', message: string): FhirRead => ({
  items: [],
  unused: [],
  unreadable: problem(code, message),
});

/** Nothing, where all that is here of a report is made from what is not. */
function itemOf(report: Report, context: FhirContext): Item | undefined {
  const { main, document } = report;
  const identities = identitiesIn(report);
  if (report.resources.every(({ meaning }) => derived[meaning])) return undefined;
  if (isPart(report))
    return { ...unusable(main, document, [unaccompanied(main)]), payload: bundleOf(report), identities };
  const read = isWithdrawn(report) ? withdrawalOf(report, context) : factsOf(report, context);
  if (!read) return { ...unusable(main, document, [unknown(main)]), payload: bundleOf(report), identities };
  const made = eventOf(read, main);
  const place = { ...placeOf(main), eventId: report.eventId };
  if ('event' in made)
    return { event: made.event, payload: JSON.stringify(made.event), place, format: 'fhir', identities };
  const about = {
    sourceSystem: report.system,
    test: main.resource.meta?.security?.some(({ code }) => code === 'HTEST'),
  };
  return { problems: made.problems, payload: bundleOf(report), place, format: 'fhir', identities, about };
}

/**
 * What an adapter wrote comes with its Provenance. Without it this may be a part of a report, as a file of an export
 * is: the status that an implant left behind would be read as an interrogation.
 */
const isPart = ({ main, provenance }: Report): boolean => !provenance && isOfAnAdapter(main.resource);

/** Enough to read the report again by itself: what it made, and what that refers to. */
function bundleOf({ resources, provenance, document }: Report): string {
  const made = [...resources.map(({ found }) => found), ...(provenance ? [provenance] : [])];
  return collection(made, document);
}

function collection(found: readonly Found[], document: Document): string {
  const all = new Set(found.flatMap((each) => [each, ...referred(each, document)]));
  const entry = [...all].flatMap(({ resource, within }) =>
    within ? [] : [{ ...(resource.id && { fullUrl: `${resource.resourceType}/${resource.id}` }), resource }],
  );
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
}

/** The Patient and the devices; what else is referred to is of the report itself, or of another one. */
function referred(found: Found, document: Document): Found[] {
  const { focalDevice, device, focus, parent } = found.resource as unknown as Referring;
  const references = [
    subjectOf(found.resource),
    ...[focalDevice ?? []].flat().map((each) => each?.manipulated),
    device,
    focus,
    parent,
  ];
  const direct = references.flat().flatMap((reference) => document.resolve<Resource>(reference, found) ?? []);
  return [...direct, ...direct.flatMap((each) => document.resolve<Resource>(subjectOf(each.resource), each) ?? [])];
}

type Reference = { readonly reference?: string } | undefined;

interface Referring {
  readonly focalDevice?: readonly { readonly manipulated: Reference }[];
  readonly device?: Reference | Reference[];
  readonly focus?: Reference | Reference[];
  readonly parent?: Reference;
}

const unread = ({ text, problem: found }: NotRead): Unusable => ({
  payload: text,
  place: found.place ?? {},
  problems: [found],
  format: 'fhir',
});

function unusable(found: Found, document: Document, problems: readonly Problem[]): Unusable {
  const payload = collection([found], document);
  return { payload, place: placeOf(found), problems, format: 'fhir', identities: identitiesOf(found.resource) };
}

/** A hospital's own record has no mark of an adapter; all else that its profile asks for counts. */
function findingsOf(resource: Resource) {
  const findings = validate(resource);
  return isOfAnAdapter(resource) ? findings : findings.filter(({ message }) => !message.startsWith('itb-tag'));
}

/** A finding begins at the resource: it is told from where the resource stands. */
function invalid(found: Found, { expression, message }: { expression: string; message: string }): Problem {
  const element = expression.slice(expression.indexOf('.') + 1);
  const place = placeOf(found, expression.includes('.') ? element : undefined);
  return problem('fhir-resource-invalid', message, place);
}

const unknown = (found: Found): Problem =>
  problem('fhir-profile-unknown', 'this resource has no profile and no code of ours', placeOf(found));

const unaccompanied = (found: Found): Problem =>
  problem('field-missing', 'the Provenance of the report that wrote it is not in the input', placeOf(found));

const unnamedSource = (found: Found): Problem =>
  problem('fhir-source-unknown', 'nothing names the report that this resource comes from', placeOf(found));
