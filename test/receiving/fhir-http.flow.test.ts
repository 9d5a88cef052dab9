import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../http/test-service.ts';
import { bundleOf, patientNamed, writtenOf } from '../intake/fhir/again.ts';
import { patientOf, reportedEvents } from '../stories/story.ts';

/** `POST /events` with FHIR: what another deployment wrote is input here. */
let service: TestService;
beforeAll(async () => {
  service = await startTestService({});
});
afterAll(() => service.close());

const events = reportedEvents('reservoir-emptied-for-imaging');
const patientId = patientOf(events[0] as (typeof events)[number]);

function bundle() {
  const patient = patientNamed(patientId, events, () => true);
  return bundleOf(writtenOf(events, patientId).resources, patient);
}

async function send(body: string, type: string) {
  const response = await fetch(`${service.url}/events`, { method: 'POST', headers: { 'content-type': type }, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('POST /events', () => {
  test('takes a Bundle: each report of its source once, and says what was not used', async () => {
    const first = await send(JSON.stringify(bundle()), 'application/fhir+json; fhirVersion=4.0');
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ received: 8, accepted: 8, refused: 0, leftAlone: 0 });
    const again = await send(JSON.stringify(bundle()), 'application/fhir+ndjson');
    expect(again.body).toMatchObject({ received: 8, accepted: 0, duplicates: 8 });
    expect(first.body.unused).toContainEqual(expect.objectContaining({ path: 'Patient', decision: 'ignored' }));
  });

  test('refuses more at once than is taken, though nothing of it is in a profile of ours', async () => {
    const own = await startTestService({ intake: { maxEvents: 3 } });
    const of = async (count: number) => {
      const lab = { resourceType: 'Observation', status: 'final', code: { text: 'sodium' } };
      const entry = Array.from({ length: count }, () => ({ resource: lab }));
      const body = JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
      return (await own.post(body, 'application/fhir+json')).status;
    };
    const statuses = [await of(3), await of(4)];
    await own.close();
    expect(statuses).toEqual([422, 413]);
  });

  test('refuses what is no FHIR, and keeps what is in no profile of ours for review', async () => {
    expect((await send('{"resourceType":"Bundle","type":"batch"}', 'application/fhir+json')).status).toBe(400);
    const lab = { resourceType: 'Observation', status: 'final', code: { text: 'sodium' } };
    const { status, body } = await send(JSON.stringify(lab), 'application/fhir+json');
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('fhir-profile-unknown');
    expect(JSON.stringify(body)).not.toContain('sodium');
  });
});
