import type { Bundle, BundleEntry, Identifier, Patient } from '@medplum/fhirtypes';
import type { Answer, FhirClient, FhirRequest } from '../sync/fhir-client.ts';

/** A request as it would be sent to a destination. The token is not shown. */
export interface PreviewRequest {
  readonly method: FhirRequest['method'];
  /** Below the FHIR base; empty for the base itself. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface PreviewClient extends FhirClient {
  /** What would have been written since this was called last. */
  taken(): readonly PreviewRequest[];
  /** Patients whom the destination does not know, or knows several times: a made-up one stood in for each. */
  unmatched(): number;
}

/** The id that stands in a preview where the destination's own Patient is not known. */
export const stubPatientId = 'patient-there';

/**
 * A client that sends no write: it notes it, and answers as a server that takes everything. What only asks (the
 * statement, the patient, devices) goes to `reading`, where there is one.
 */
export function previewClient(statement: unknown, reading: FhirClient | undefined): PreviewClient {
  let requests: PreviewRequest[] = [];
  let unmatched = 0;
  let ids = 0;
  const nextId = () => `preview-${++ids}`;

  async function patients(request: FhirRequest): Promise<Answer> {
    const answer = await reading?.send(request);
    if (answer?.kind === 'answered' && found(answer.body) === 1) return answer;
    if (reading) unmatched++;
    return answered(200, searchset([{ resourceType: 'Patient', id: stubPatientId, identifier: [askedFor(request)] }]));
  }

  async function send(request: FhirRequest): Promise<Answer> {
    const { method, path, body } = request;
    if (method === 'GET' && path === 'metadata') return answered(200, statement);
    if (path === 'Patient/_search' || path.startsWith('Patient?')) return patients(request);
    if (method === 'GET')
      return reading?.send(request) ?? (path.includes('?') ? answered(200, searchset([])) : answered(404, undefined));
    requests.push({ method, path, headers: headersOf(request), ...(body !== undefined && { body }) });
    return takenBy(request, nextId);
  }

  return {
    send,
    taken: () => {
      const some = requests;
      requests = [];
      return some;
    },
    unmatched: () => unmatched,
  };
}

const headersOf = ({ body, headers }: FhirRequest): Readonly<Record<string, string>> => ({
  accept: 'application/fhir+json',
  ...(body !== undefined && { 'content-type': 'application/fhir+json' }),
  ...headers,
});

/** What a server would say that takes it. */
function takenBy({ method, path, body }: FhirRequest, nextId: () => string): Answer {
  if (path === '') return answered(200, answerTo(body as Bundle, nextId));
  if (method === 'POST') return { ...created, location: `${path}/${nextId()}/_history/1`, etag: 'W/"1"' };
  return { ...answered(200, undefined), etag: 'W/"2"' };
}

const created = { kind: 'answered', status: 201, body: undefined } as const;

function answerTo(bundle: Bundle, nextId: () => string): Bundle {
  const entry = (bundle.entry ?? []).map(({ request }): BundleEntry => {
    const isCreate = request?.method === 'POST';
    const location = `${isCreate ? `${request.url}/${nextId()}` : request?.url}/_history/${isCreate ? 1 : 2}`;
    return { response: { status: isCreate ? '201 Created' : '200 OK', location, etag: `W/"${isCreate ? 1 : 2}"` } };
  });
  return { resourceType: 'Bundle', type: bundle.type === 'batch' ? 'batch-response' : 'transaction-response', entry };
}

const answered = (status: number, body: unknown): Extract<Answer, { kind: 'answered' }> => ({
  kind: 'answered',
  status,
  body,
});

/** The identifier that a search of a Patient names: `system|value`, in its body or in its URL. */
function askedFor({ path, body }: FhirRequest): Identifier {
  const query = new URLSearchParams(typeof body === 'string' ? body : path.replace(/^[^?]*\??/, ''));
  const token = query.get('identifier') ?? '';
  const [system = '', value = ''] = token.split(/(?<!\\)\|/).map((part) => part.replace(/\\(.)/g, '$1'));
  return { system, value };
}

const searchset = (patients: readonly Patient[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: patients.map((resource) => ({ resource, search: { mode: 'match' } })),
});

const found = (body: unknown): number =>
  ((body as Bundle | undefined)?.entry ?? []).filter(({ resource }) => resource?.resourceType === 'Patient').length;
