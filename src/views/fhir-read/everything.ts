import type { Bundle, BundleLink, OperationOutcome } from '@medplum/fhirtypes';
import { operationOutcome } from '../../fhir/outcome.ts';
import { type Answer, notFound, refusal } from './answer.ts';
import type { Asked } from './asked.ts';
import { type EverythingRow, everythingPage } from './everything-page.ts';
import { type Portion, portionOf } from './everything-portion.ts';
import { everythingQuestion } from './everything-question.ts';
import type { FhirReadOptions } from './options.ts';
import { withQuery } from './query.ts';
import { stored } from './stored.ts';

/**
 * `Patient/{id}/$everything`: the Patient, then the whole therapy in the order of its first appearance, with the Devices,
 * Medications and Provenance that the patient compartment of R4 leaves out. Of each type what the caller may read.
 */
export async function everything(asked: Asked, options: FhirReadOptions): Promise<Answer> {
  const question = everythingQuestion(asked);
  if (typeof question === 'string') return refusal(400, 'value', question);
  const patient = await stored(asked, options);
  if (!patient) return notFound;
  const portion = await portionOf(asked, options, { types: question.types, patientId: patient.patient_id });
  const page = await everythingPage(asked, options, { ...question, portion, patient });
  if (!page) return notFound;
  const next = page.hasMore ? page.rows.at(-1)?.id : undefined;
  const head: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    total: page.total,
    link: links(asked, options, next),
  };
  const entries = [
    ...page.rows.map((row) => entryText(row, options.base)),
    ...left(portion).map((outcome) => JSON.stringify({ resource: outcome, search: { mode: 'outcome' } })),
  ];
  return { status: 200, body: withEntries(head, entries), patients: [patient.patient_id] };
}

/** What is kept as text is not parsed to be written again. */
function entryText({ type, id, content }: EverythingRow, base: string): string {
  const fullUrl = JSON.stringify(`${base}/${type}/${id}`);
  return `{"fullUrl":${fullUrl},"resource":${content},"search":{"mode":"match"}}`;
}

function withEntries(bundle: Bundle, entries: readonly string[]): string {
  const text = JSON.stringify(bundle);
  return entries.length === 0 ? text : `${text.slice(0, -1)},"entry":[${entries.join(',')}]}`;
}

/** What the scopes keep from the caller is said, not left out in silence. */
function left({ withheld }: Portion): OperationOutcome[] {
  if (withheld.length === 0) return [];
  const diagnostics = `The access token does not cover ${withheld.join(', ')}: they are not in this answer.`;
  return [operationOutcome([{ severity: 'information', code: 'suppressed', diagnostics }])];
}

function links({ id, parameters }: Asked, { base }: FhirReadOptions, lastShown: string | undefined): BundleLink[] {
  const url = `${base}/Patient/${id}/$everything`;
  const kept = parameters.filter(([name]) => name !== '_page');
  const self = { relation: 'self', url: withQuery(url, parameters) };
  if (lastShown === undefined) return [self];
  return [self, { relation: 'next', url: withQuery(url, [...kept, ['_page', lastShown]]) }];
}
