import type { Observation, Resource } from '@medplum/fhirtypes';
import type { Unused } from '../item.ts';
import { codeOf } from './components.ts';
import type { Document, Found } from './document.ts';
import { derived } from './kinds.ts';
import type { Recognised, Report } from './report.ts';
import { isRemark } from './words.ts';

/** Resources that tell no event and are there for those that do: whom, by whom, where. */
export function setAside({ resourceType }: Resource): boolean {
  return beside.has(resourceType);
}

const beside: ReadonlySet<string> = new Set([
  ...['Patient', 'Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Encounter', 'OperationOutcome'],
]);

/** What of the input reached no event, by kind of resource and element; each with how often. */
export function unusedIn(document: Document, recognised: readonly Recognised[], reports: readonly Report[]): Unused[] {
  const used = new Set(reports.flatMap(({ resources }) => resources.map(({ found }) => found)));
  const read = new Set<Found>(reports.flatMap(({ provenance }) => provenance ?? []));
  const found: Unused[] = [
    ...document.found.filter(({ resource }) => setAside(resource)).map(({ resource }) => asideOf(resource)),
    ...recognised.filter((each) => !used.has(each.found)).flatMap(madeElsewhere),
    ...document.found.filter((each) => isProvenance(each) && !read.has(each)).map(() => provenanceAlone),
    ...reports.flatMap(({ resources }) => resources.flatMap(elementsOf)),
  ];
  return counted(found);
}

const ignored = (path: string, reason: string): Unused => ({ path, count: 1, decision: 'ignored', reason });

const isProvenance = ({ resource }: Found): boolean => resource.resourceType === 'Provenance';

const provenanceAlone = ignored('Provenance', 'No event comes of it by itself.');

const asideOf = ({ resourceType }: Resource): Unused =>
  ignored(resourceType, 'It says whom an event is about, who did it or where.');

function madeElsewhere({ meaning, found }: Recognised): Unused[] {
  const reason = derived[meaning];
  return reason ? [ignored(found.resource.resourceType, reason)] : [];
}

function elementsOf({ meaning, found }: Recognised): Unused[] {
  const { resourceType } = found.resource;
  if (derived[meaning] && meaning !== 'medication') return [ignored(resourceType, derived[meaning] as string)];
  return [...calculatedParts(found), ...remarks(found), ...ofOthers(found)];
}

/** What an adapter calculated is calculated again from what was reported. */
function calculatedParts(found: Found): Unused[] {
  const { component = [] } = found.resource as Observation;
  if (found.resource.resourceType !== 'Observation') return [];
  return component.flatMap(({ code }) => {
    const name = codeOf(code);
    if (name === undefined)
      return own(found).has('component') ? [] : [unknown(`${found.resource.resourceType}.component`)];
    return calculated.has(name)
      ? [ignored(`Observation.component(${name})`, 'It is calculated from what was reported.')]
      : [];
  });
}

const calculated: ReadonlySet<string> = new Set([
  ...['calculated-flow-rate', 'daily-dose-change', 'calculated-residual-volume', 'residual-discrepancy'],
  ...['delivered-to-programmed-ratio', 'residual-grade', 'residual-direction', 'residual-reading', 'residual-since'],
  ...['residual-span', 'calculated-reservoir-volume', 'forecast-alarm-volume', 'low-reservoir-alarm-date'],
  ...['days-to-alarm', 'refill-due-by', 'calculated-eri-date', 'end-of-service-by', 'replacement-window'],
  ...['alarm-state', 'alarm-delivery', 'patient-boluses-total'],
]);

/** Parts of a scale are told by codes of its own. */
const own = ({ resource }: Found): ReadonlySet<string> =>
  new Set(
    (resource as Observation).code?.coding?.some(({ system }) => system?.endsWith('/itb-assessment-scale'))
      ? ['component']
      : [],
  );

function remarks({ resource }: Found): Unused[] {
  const { note = [] } = resource as { note?: { text?: string }[] };
  return note
    .filter(({ text = '' }) => isRemark(text))
    .map(() =>
      ignored(`${resource.resourceType}.note`, 'An adapter remarked it; it is found again from what was reported.'),
    );
}

const unknown = (path: string): Unused => ({ path, count: 1, decision: 'unknown' });

/** Elements that our profiles do not use: a hospital may have added them. */
function ofOthers({ resource }: Found): Unused[] {
  const known = elements[resource.resourceType];
  if (!known) return [];
  return Object.keys(resource)
    .filter((name) => !always.has(name) && !known.has(name))
    .map((name) => unknown(`${resource.resourceType}.${name}`));
}

const always: ReadonlySet<string> = new Set([
  ...['resourceType', 'id', 'meta', 'text', 'identifier', 'extension', 'status', 'subject', 'patient', 'contained'],
]);

const elements: Readonly<Record<string, ReadonlySet<string>>> = {
  Procedure: new Set([
    ...['category', 'code', 'encounter', 'performedDateTime', 'performedPeriod', 'performer', 'location', 'reasonCode'],
    ...['bodySite', 'focalDevice', 'usedReference', 'note'],
  ]),
  MedicationAdministration: new Set([
    ...['partOf', 'statusReason', 'medicationCodeableConcept', 'medicationReference', 'context', 'effectivePeriod'],
    ...['effectiveDateTime', 'performer', 'request', 'device', 'note', 'dosage', 'supportingInformation'],
  ]),
  MedicationRequest: new Set([
    ...['intent', 'reportedBoolean', 'medicationCodeableConcept', 'encounter', 'authoredOn', 'requester', 'reasonCode'],
    ...['dosageInstruction'],
  ]),
  Observation: new Set([
    ...[
      'partOf',
      'category',
      'code',
      'focus',
      'encounter',
      'effectiveDateTime',
      'effectivePeriod',
      'issued',
      'performer',
    ],
    ...['valueQuantity', 'valueCodeableConcept', 'valueString', 'valueInteger', 'dataAbsentReason', 'note', 'bodySite'],
    ...['method', 'device', 'derivedFrom', 'component'],
  ]),
  MedicationStatement: new Set([
    ...['medicationCodeableConcept', 'context', 'effectiveDateTime', 'dateAsserted', 'informationSource', 'reasonCode'],
    ...['note', 'dosage'],
  ]),
  AdverseEvent: new Set([
    ...['actuality', 'event', 'encounter', 'date', 'recordedDate', 'resultingCondition', 'location', 'seriousness'],
    ...['severity', 'outcome', 'recorder', 'suspectEntity', 'subjectMedicalHistory'],
  ]),
  CarePlan: new Set([
    ...[
      'replaces',
      'intent',
      'category',
      'title',
      'encounter',
      'period',
      'created',
      'author',
      'contributor',
      'careTeam',
    ],
    ...['activity', 'note'],
  ]),
  Medication: new Set(['code', 'form', 'ingredient', 'batch']),
};

function counted(unused: readonly Unused[]): Unused[] {
  const alike = Map.groupBy(unused, ({ path, decision, reason }) => JSON.stringify([path, decision, reason]));
  return [...alike.values()].map((of) => ({ ...(of[0] as Unused), count: of.length }));
}
