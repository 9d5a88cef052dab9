import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { generateSigningKey } from '../../../src/auth/keys.ts';
import type { ConfigFile } from '../../../src/config.ts';
import { listen } from '../../auth/local-server.ts';
import { startTestService, type TestService } from '../../http/test-service.ts';

/** The real service, and an EHR that asks it for cards: a key set, a FHIR server with Medications, signed calls. */
export interface Ehr {
  readonly service: TestService;
  readonly iss: string;
  readonly fhirServer: string;
  /** Paths and authorizations of the requests to its FHIR server. */
  readonly asked: string[];
  /** Keyed id of the patient whom it calls `ehr-1`. */
  readonly patient: string;
  sign(claims?: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** POST below `/cds-services/`, with a token of its own unless one is given. */
  call(path: string, body: unknown, token?: string): Promise<Answer>;
  /** What the audit holds of calls, newest last. */
  accesses(): Record<string, unknown>[];
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly cards?: readonly Shown[]; readonly error?: string };
}

export interface Shown {
  readonly uuid: string;
  readonly summary: string;
  readonly indicator: string;
  readonly detail: string;
}

/** 180 days after the fill, and a day more. */
export const now = '2024-08-29T12:00:00Z';
const nowSeconds = Temporal.Instant.from(now).epochMilliseconds / 1000;

const implant = {
  ...{ schemaVersion: 1, type: 'implant', source: { system: 'urn:oid:2.16.840.1.113883.19.5.1', eventId: 'A' } },
  ...{ occurredAt: '2024-03-01T10:00:00-05:00', recordedAt: '2024-03-01T12:00:00-05:00', test: true },
  ...{ timeZone: 'America/New_York', patient: { identifier: { system: 'urn:mrn', value: 'M1' } } },
  pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP710001H' },
  fill: { volumeMl: 18, concentrationUgPerMl: 2000 },
  program: { mode: 'simple-continuous', concentrationUgPerMl: 2000, doseUgPerDay: 100 },
};

export async function startEhr(cards: object = {}, file: ConfigFile = {}): Promise<Ehr> {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'ehr-1', alg: 'ES384', use: 'sig' };
  const asked: string[] = [];
  const server = await listen(async (request, response) => {
    if (request.url !== '/jwks') asked.push(`${request.url} ${request.headers.authorization}`);
    if (request.url === '/fhir/Medication/slow') await new Promise((resolve) => setTimeout(resolve, 1500));
    const found = { '/jwks': { keys: [jwk] }, '/fhir/Medication/m1': baclofen, '/fhir/Medication/slow': baclofen };
    const body = found[request.url as keyof typeof found];
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  const [iss, fhirServer] = [`${server.url}/ehr`, `${server.url}/fhir`];
  process.env.CDS_EHR_KEYS = JSON.stringify({ keys: [await generateSigningKey('ES384')] });
  const ofTests = { environment: 'test' as const, allowAddresses: ['127.0.0.1'] };
  const destination = {
    ...{ ...ofTests, name: 'ehr', fhirBaseUrl: 'http://127.0.0.1:9/fhir', clientId: 'adapter' },
    ...{ signingKey: { env: 'CDS_EHR_KEYS' }, patientIdentifierSystems: {} },
  };
  const client = { ...ofTests, iss, jwksUris: [`${server.url}/jwks`], patientIdsOf: 'ehr', fhirServer };
  const calculatedValues = { show: true, clinicalOwner: 'pump clinic' } as const;
  const service = await startTestService(
    { destinations: [destination], calculatedValues, cards: { clients: [client], ...cards }, ...file },
    now,
  );
  const { body } = await service.post(implant);
  const patient = body.events[0]?.patient as string;
  await service.app.store.db
    .insertInto('patient_match')
    .values({ tenant: 'default', destination: 'ehr', patient_id: patient, server_id: 'ehr-1', matched_at: 0 })
    .execute();

  const sign: Ehr['sign'] = (claims = {}, header = {}) =>
    new SignJWT({
      ...{ iss, aud: `${service.url}/cds-services/itb-pump-status`, jti: crypto.randomUUID() },
      ...{ iat: nowSeconds, exp: nowSeconds + 300, ...claims },
    })
      .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid: 'ehr-1', ...header })
      .sign(privateKey);

  return {
    ...{ service, iss, fhirServer, asked, patient, sign },
    async call(path, sent, token) {
      const url = path.startsWith('/') ? service.url + path : `${service.url}/cds-services/${path}`;
      const bearer = token ?? (await sign({ aud: url }));
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
        body: typeof sent === 'string' ? sent : JSON.stringify(sent),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
    },
    accesses: () =>
      service
        .rows("select detail from audit where action = 'access' order by seq")
        .map(({ detail }) => JSON.parse(String(detail))),
    async close() {
      delete process.env.CDS_EHR_KEYS;
      await service.close();
      await server.close();
    },
  };
}

const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const baclofen = { resourceType: 'Medication', id: 'm1', code: { coding: [{ system: rxnorm, code: '197391' }] } };

export const view = (over: object = {}) => ({
  hook: 'patient-view',
  hookInstance: crypto.randomUUID(),
  context: { userId: 'Practitioner/nurse-7', patientId: 'ehr-1' },
  ...over,
});

export const sign = (drafts: readonly object[], over: object = {}) => ({
  hook: 'order-sign',
  hookInstance: crypto.randomUUID(),
  context: {
    ...{ userId: 'Practitioner/nurse-7', patientId: 'ehr-1' },
    draftOrders: { resourceType: 'Bundle', entry: drafts.map((resource) => ({ resource })) },
  },
  ...over,
});

export const drugRequest = (medicationReference: string) => ({
  ...{ resourceType: 'MedicationRequest', id: 'd', status: 'draft', intent: 'order' },
  medicationReference: { reference: medicationReference },
});

export const scanRequest = {
  ...{ resourceType: 'ServiceRequest', id: 's', status: 'draft', intent: 'order' },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '113091000' }] },
};
