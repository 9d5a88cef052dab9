import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeKeyFile } from '../../src/auth/key-file.ts';
import { generateSigningKey, type PrivateSigningJwk } from '../../src/auth/keys.ts';
import { mrnSystem, refill } from './sample-events.ts';
import { startTestService, type TestService } from './test-service.ts';

let folder: string;
let key: PrivateSigningJwk;
let service: TestService;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'itb-metrics-'));
  key = await generateSigningKey('ES384');
  await writeKeyFile(join(folder, 'keys.json'), [key]);
  const destination = {
    ...{ name: 'unreachable', environment: 'test' as const, fhirBaseUrl: 'http://127.0.0.1:9/fhir', clientId: 'a' },
    ...{ signingKeysFile: join(folder, 'keys.json'), patientIdentifierSystems: { [mrnSystem]: mrnSystem } },
    breaker: { failures: 1 },
  };
  service = await startTestService({ destinations: [destination] });
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const metrics = async (): Promise<string[]> => {
  const response = await fetch(`${service.url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return (await response.text()).split('\n');
};

async function until(line: string): Promise<string[]> {
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    const lines = await metrics();
    if (lines.includes(line)) return lines;
    if (performance.now() > giveUpAt)
      throw new Error(`never: ${line}\n${lines.filter((one) => one.startsWith('itb_')).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('an operator sees what came in, what is owed, and that a hospital cannot be reached', async () => {
  await service.post([refill('M-1'), refill('M-1'), { ...refill('M-2'), nickname: 1 }]);
  const at = 'tenant="default",destination="unreachable"';
  const lines = await until(`itb_destination_gate{${at},state="closed"} 1`);
  expect(lines).toEqual(
    expect.arrayContaining([
      'itb_events_total{outcome="accepted"} 1',
      'itb_events_total{outcome="duplicate"} 1',
      'itb_events_total{outcome="refused"} 1',
      'itb_event_problems_total{code="field-unknown"} 1',
      'itb_review_items{stage="intake"} 1',
      'itb_http_request_duration_seconds_count{method="POST",route="/events",status="4xx"} 1',
      `itb_destination_gate{${at},state="open"} 0`,
      `itb_tickets{${at},state="parked"} 0`,
      `itb_ticket_age_seconds{${at},state="parked"} 0`,
    ]),
  );
  expect(
    lines.some((line) => line.startsWith(`itb_token_requests_total{${at},outcome="destination-unavailable"}`)),
  ).toBe(true);
  expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
});

test('a key that is added while the service runs is published without a restart', async () => {
  const kids = async () => {
    const response = await fetch(`${service.url}/.well-known/jwks.json`);
    return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  };
  expect(await kids()).toEqual([key.kid]);
  const added = await generateSigningKey('ES384');
  await writeKeyFile(join(folder, 'keys.json'), [key, { ...added, state: 'published' }]);
  expect(await kids()).toEqual([key.kid, added.kid]);
});
