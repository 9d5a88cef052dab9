import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PumpStatusClient, PumpStatusError, pumpStatusClient } from '../../../src/client/pump-status.ts';
import { type FhirService, startFhirService } from '../fhir-read/fhir-service.ts';

let fhir: FhirService;
let patient: string;
beforeAll(async () => {
  fhir = await startFhirService();
  patient = await fhir.tell('spinal-cord-injury-on-time-refills');
});
afterAll(() => fhir.close());

const clientWith = (scope: string, launch?: string): PumpStatusClient =>
  pumpStatusClient({
    baseUrl: fhir.service.url,
    token: () => fhir.token(scope, launch === undefined ? {} : { patient: launch }),
  });

async function failureOf(answer: Promise<unknown>) {
  const error = await answer.then(
    () => undefined,
    (failed: unknown) => failed,
  );
  expect(error).toBeInstanceOf(PumpStatusError);
  const { failure, status, message } = error as PumpStatusError;
  expect(message).toBe(`pump status: ${failure}`);
  return [failure, status];
}

describe('the client', () => {
  test('reads the status of a patient, of the patient of its token, and at an instant', async () => {
    const system = clientWith('system/*.rs');
    const status = await system.status(patient);
    expect([status.patient, status.pumps[0]?.programme.doseUgPerDay.value]).toEqual([patient, 210]);
    expect((await clientWith('patient/*.rs', patient).status()).patient).toBe(patient);
    const at = '2024-02-10T00:00:00Z';
    expect((await system.status(patient, { at })).asOf).toBe(at);
    expect((await system.status(patient, { at: Temporal.Instant.from(at) })).time.kind).toBe('past');
  });

  test('reads the course of a therapy', async () => {
    const { patient: whose, doses } = await clientWith('system/*.rs').course(patient);
    expect([whose, doses.at(-1)?.doseUgPerDay]).toEqual([patient, 210]);
  });

  test('says what kind of failure there was, and nothing of the patient', async () => {
    const system = clientWith('system/*.rs');
    expect(await failureOf(system.status('nobody'))).toEqual(['not-found', 404]);
    expect(await failureOf(system.status(patient, { at: 'tomorrow' }))).toEqual(['invalid', 400]);
    expect(await failureOf(clientWith('system/Device.rs').course(patient))).toEqual(['forbidden', 403]);
    const anonymous = pumpStatusClient({ baseUrl: fhir.service.url, token: () => 'nothing' });
    expect(await failureOf(anonymous.status(patient))).toEqual(['unauthorized', 401]);
  });

  test('takes no answer that is not of this version, and tells a service that does not answer apart', async () => {
    const answering = (answer: () => Promise<Response>) =>
      pumpStatusClient({ baseUrl: 'https://adapter.test', token: () => 't', fetch: answer }).status(patient);
    expect(await failureOf(answering(async () => Response.json({ schemaVersion: 2 })))).toEqual(['unreadable', 200]);
    expect(await failureOf(answering(async () => new Response('no JSON')))).toEqual(['unreadable', 200]);
    expect(await failureOf(answering(async () => new Response('', { status: 503 })))).toEqual(['unavailable', 503]);
    expect(await failureOf(answering(async () => new Response('', { status: 429 })))).toEqual(['unavailable', 429]);
    expect(await failureOf(answering(() => Promise.reject(new TypeError('fetch failed'))))).toEqual([
      'unavailable',
      undefined,
    ]);
  });
});
