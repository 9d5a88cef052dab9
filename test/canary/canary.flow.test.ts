import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, desk, ended, jsonLines, said } from '../commands/command-line.ts';
import { admit, clientId, type Hospital, openHospital } from '../flow/hospital.ts';
import { type Collector, startCollector } from '../operations/collector.ts';
import { canary, expectNoCanary } from './canary.ts';
import { type EchoingHospital, startEchoingHospital, type Way } from './echoing-hospital.ts';
import { bad, mrnOf, mrnSystem, story } from './events.ts';

const ways: readonly Way[] = [
  ...[400, 401, 403, 404, 409, 412, 422, 429, 500, 503].map((status): Way => ({ spoils: 'writes', with: status })),
  ...(['html', 'silence', 'reset', 'half', 'not-json', 'redirect'] as const).map(
    (how): Way => ({ spoils: 'writes', with: how }),
  ),
  ...([403, 500, 'html', 'not-json'] as const).map((how): Way => ({ spoils: 'searches', with: how })),
];

/** Who sent an event is told which of its own is meant, and the name of a field that does not exist as its place. */
const toldToTheSender = ['eventId', 'unknownField'] as const;

let hospital: Hospital;
let line: EchoingHospital;
let collector: Collector;
let at: Desk;

beforeAll(async () => {
  hospital = await openHospital();
  const mrns = [...Array(ways.length + 1).keys()].map(mrnOf);
  await admit(hospital, mrnSystem, mrns);
  line = await startEchoingHospital(hospital.sandbox.baseUrl);
  collector = await startCollector();
  at = desk();
});

afterAll(async () => {
  await Promise.all([hospital.sandbox.close(), line.close(), collector.close(), at.clear()]);
});

function configuration(): object {
  const destination = (name: string, fhirBaseUrl: string) => ({
    ...{ name, fhirBaseUrl, clientId, environment: 'test', signingKeysFile: 'keys.json' },
    patientIdentifierSystems: { [mrnSystem]: mrnSystem },
    requestTimeoutMs: 400,
    // It stays open, so that every way is met.
    breaker: { failures: 1000 },
  });
  return {
    logLevel: 'info',
    destinations: [
      destination('hospital', line.baseUrl),
      destination('refusing', line.refusingUrl),
      destination('no-tls', line.baseUrl.replace('http:', 'https:')),
    ],
  };
}

test('nothing that tells who a patient is, or what was said of one, leaves by a side door', async () => {
  at.writePrivately('keys.json', { keys: [hospital.privateJwk] });
  const config = at.write('c.json', configuration());
  const child = at.start(['--config', config, 'serve'], {
    ITB_FHIR_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  const end = ended(child);
  const [, url = ''] = await said(child, /listens on (http:\/\/127\.0\.0\.1:\d+)/);
  const answers: string[] = [];
  const post = async (body: unknown, mediaType = 'application/json'): Promise<number> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}/events`, {
      method: 'POST',
      headers: { 'content-type': mediaType },
      body: text,
    });
    answers.push(JSON.stringify([...response.headers]), await response.text());
    return response.status;
  };

  // Everything that can happen to a body on its way in.
  for (const [status, body, mediaType] of bad) expect([await post(body, mediaType), body]).toEqual([status, body]);
  answers.push(await (await fetch(`${url}/status/${canary.recordNumber}?name=${canary.name}`)).text());
  answers.push(await (await fetch(`${url}/${encodeURIComponent(canary.name)}`)).text());
  answers.push(await (await fetch(`${url}/%zz${canary.serial}`)).text());

  // Everything that can happen at a destination: a patient for each, so that none waits for another.
  expect(await post(story(0))).toBe(200);
  for (const [n, way] of ways.entries()) {
    line.behave(way);
    expect(await post(story(n + 1))).toBe(200);
    await line.spoiled(1);
  }
  line.behave({ spoils: 'nothing' });
  const metrics = await (await fetch(`${url}/metrics`)).text();

  // The store breaks under the running service: the next event meets an internal error with all of it in its hands.
  const database = new DatabaseSync(at.path('.itb-fhir/ledger.sqlite'), { timeout: 10_000 });
  database.exec('alter table event rename to gone');
  expect(await post(story(0))).toBe(500);
  database.exec('alter table gone rename to event');
  child.kill('SIGTERM');
  const { stderr, stdout } = await end;

  const audit = await at.run(['--config', config, 'audit']);
  const rows = JSON.stringify(database.prepare('select * from audit').all());
  database.close();

  // All of it was there to be looked at.
  const messages = new Set(jsonLines(stderr.replaceAll(/^(itb-fhir|No destination).*$/gm, '')).map(({ msg }) => msg));
  for (const message of ['events appended', 'request failed', 'sync to be retried', 'sync parked', 'service stopped']) {
    expect(messages).toContain(message);
  }
  expect(metrics).toContain('itb_event_problems_total{code="field-unknown"}');
  expect(metrics).toMatch(/itb_destination_requests_total\{tenant="default",destination="hospital",answer="4xx"\} \d/);
  const tokens = 'itb_token_requests_total{tenant="default",destination=';
  expect(metrics).toContain(`${tokens}"refusing",outcome="destination-unauthorized"}`);
  expect(metrics).toMatch(new RegExp(`${tokens}"no-tls",outcome="destination-(unavailable|refused|unauthorized)"`));
  for (const span of ['intake batch', 'sync run', 'request']) expect(collector.received()).toContain(`"${span}"`);
  expect(audit.exitCode).toBe(0);
  expect(new Set(jsonLines<{ resourceType: string }>(audit.stdout).map((one) => one.resourceType))).toEqual(
    new Set(['AuditEvent']),
  );
  expect(line.seen()).toContain('/Patient/_search');
  expect(line.seen()).toContain('x-request-id');

  expectNoCanary({
    ...{ 'the log': stderr, 'standard output': stdout, 'the metrics': metrics },
    ...{ 'the traces': collector.received(), 'addresses and headers on the wire': line.seen() },
    ...{ 'the audit': audit.stdout + audit.stderr, 'the table of the audit': rows },
  });
  expectNoCanary({ 'answers to a sender': answers.join('\n') }, toldToTheSender);
}, 180_000);

test('an import tells what is wrong with its rows, and not what they say', async () => {
  const lines = bad.map(([, body]) => (typeof body === 'string' ? body : JSON.stringify(body)));
  const file = at.write('bad.ndjson', lines.join('\n'));
  const outcome = await at.run(['--config', at.write('i.json', { logLevel: 'info' }), 'import', file]);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.stderr).toContain('field-unknown');
  expectNoCanary({ 'the output of import': outcome.stderr + outcome.stdout }, toldToTheSender);
});

test('a command that meets a bug tells its place, and nothing of what it was at', async () => {
  const own = desk();
  const config = own.write('c.json', {});
  await own.run(['--config', config, 'import', '-']);
  const database = new DatabaseSync(own.path('.itb-fhir/ledger.sqlite'));
  database.exec(`alter table event rename to "${canary.lot}"`);
  database.exec(`create trigger t before insert on patient begin select raise(abort, '${canary.name}'); end`);
  database.close();
  const outcome = await own.run(['--config', config, 'import', '-'], { input: JSON.stringify(story(0)) });
  expect(outcome.exitCode).toBe(2);
  expect(outcome.stderr).toMatch(
    /Unexpected \w+\. Its message is not shown[\s\S]*\n {4}at src\/store\/sqlite\.ts:\d+:\d+/,
  );
  expectNoCanary({ 'the output': outcome.stderr + outcome.stdout });
  await own.clear();
});

describe('a process that crashes', () => {
  test.each(['thrown', 'rejected', 'no-error'])('(%s) tells where, and nothing of what it held', async (way) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crashing.ts'), way]);
    const { exitCode, stderr, stdout } = await ended(child);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^(Unexpected TypeError|Something that is no Error was thrown)/);
    expectNoCanary({ 'the last words': stderr + stdout });
  });
});
