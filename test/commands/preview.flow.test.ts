import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, DocumentReference } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mrnSystem } from '../http/sample-events.ts';
import { storyFile } from '../http/test-service.ts';
import { jsonLines, project } from './command-line.ts';
import { type HospitalDesk, hospitalDesk, writesTo } from './hospital-desk.ts';

const story = storyFile('wrong-concentration-corrected');
const statement = (name: string) => join(project, 'test/servers/statements', `${name}.json`);

interface Line {
  readonly channel: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly message?: string;
  readonly action?: string;
}

describe('preview', () => {
  let hospital: HospitalDesk;
  beforeAll(async () => {
    hospital = await hospitalDesk('MRN0008');
  });
  afterAll(() => hospital.leave());

  const preview = async (...options: string[]) => {
    const outcome = await hospital.at.run(['preview', 'hospital', story, ...options]);
    return { ...outcome, lines: jsonLines<Line>(outcome.stdout) };
  };
  const offline = (name: string) => preview('--offline', '--statement', statement(name));

  test('shows the very requests that `sync` then sends, and sends none of them', async () => {
    const { exitCode, lines } = await preview('--real');
    expect(exitCode).toBe(0);
    expect(writesTo(hospital.sandbox)).toBe(0);
    expect(lines.map(({ channel, method, path }) => [channel, method, path])).toEqual([['fhir', 'POST', '']]);
    await hospital.at.run(['import', story]);
    await hospital.at.run(['sync', '--once']);
    const identitiesIn = (bundle: Bundle) =>
      (bundle.entry ?? []).map(({ fullUrl }) => fullUrl?.slice('urn:uuid:'.length)).toSorted();
    const sent = hospital.sandbox.resources().flatMap((resource) => {
      const identifiers = 'identifier' in resource && Array.isArray(resource.identifier) ? resource.identifier : [];
      const tags = resource.meta?.tag ?? [];
      const ours = [
        ...identifiers.map(({ system, value }) => [system, value]),
        ...tags.map(({ system, code }) => [system, code]),
      ];
      return ours.flatMap(([system, value]) => (/\/sid\//.test(system ?? '') && value ? [value] : [])).slice(0, 1);
    });
    expect(identitiesIn(lines[0]?.body as Bundle)).toEqual(sent.toSorted());
    const bundle = lines[0]?.body as Bundle;
    expect(JSON.stringify(bundle)).toContain(`Patient/${hospital.sandbox.resources('Patient')[0]?.id}`);
  });

  test('with the published key shows other identities than this deployment has', async () => {
    const [demo, real] = [await preview(), await preview('--real')];
    const idOf = ({ lines }: { lines: Line[] }) => (lines[0]?.body as Bundle | undefined)?.entry?.[0]?.fullUrl;
    expect(idOf(demo)).not.toBe(idOf(real));
    expect(idOf(await preview())).toBe(idOf(demo));
  });

  test('for a server that takes documents alone shows a document an event, and tells what is lost and why', async () => {
    hospital.configure({ preset: 'epic' });
    const { exitCode, lines, stderr } = await offline('epic');
    expect(exitCode).toBe(0);
    expect(new Set(lines.map(({ method, path }) => `${method} ${path}`))).toEqual(new Set(['POST DocumentReference']));
    expect(lines).toHaveLength(11);
    const document = lines[0]?.body as DocumentReference | undefined;
    expect([document?.subject?.reference, document?.description]).toEqual([
      'Patient/patient-there',
      'Intrathecal baclofen pump: baseline, 2024-02-20',
    ]);
    expect(lines[0]?.headers).toEqual({
      accept: 'application/fhir+json',
      'content-type': 'application/fhir+json',
      prefer: 'return=minimal',
    });
    expect(stderr).toContain('11 requests, messages and entries would go to hospital. Nothing was sent.');
    expect(stderr).toMatch(/^Device +all of it +2 +.*Device cannot be created there/m);
    hospital.configure();
  });

  test('for a server that takes nothing shows what a human would enter', async () => {
    hospital.configure({ preset: 'meditech' });
    const { lines } = await offline('meditech');
    expect(new Set(lines.map(({ channel, action }) => `${channel} ${action}`))).toEqual(new Set(['worklist enter']));
    expect(lines).toHaveLength(11);
    hospital.configure();
  });

  test('for a hospital with an interface engine shows the messages as text', async () => {
    const engine = {
      transport: { kind: 'mllp', host: '127.0.0.1', port: 2575, tls: false },
      ...{ sendingFacility: 'CLINIC', receivingApplication: 'ENGINE', receivingFacility: 'HOSPITAL' },
      assigningAuthorities: { [mrnSystem]: 'HOSPITAL' },
    };
    hospital.configure({ preset: 'meditech', projection: { hl7v2: engine } });
    const { lines } = await offline('meditech');
    expect(lines).toHaveLength(11);
    expect(
      lines.every(({ channel, message }) => channel === 'hl7v2' && message?.startsWith('MSH|^~\\&|ITB-FHIR|CLINIC|')),
    ).toBe(true);
    hospital.configure();
  });

  test('of a hospital that does not know the patient says that they would be parked', async () => {
    const events = readFileSync(story, 'utf8').replaceAll('MRN0008', 'MRN0404');
    const file = hospital.at.write('unknown.ndjson', events);
    const { stderr, stdout } = await hospital.at.run(['preview', 'hospital', file]);
    expect(stderr).toContain(
      '1 patient would be parked: hospital does not know exactly one Patient by their identifiers.',
    );
    expect(stdout).toContain('Patient/patient-there');
  });

  test('of live events shows that they do not go to a test destination', async () => {
    const events = readFileSync(story, 'utf8')
      .replaceAll('"test":true', '"test":false')
      .replaceAll('"test": true', '"test": false');
    const { stderr, stdout } = await hospital.at.run([
      'preview',
      'hospital',
      hospital.at.write('live.ndjson', events),
      '--offline',
    ]);
    expect(stdout).toBe('');
    expect(stderr).toContain('1 patient is not sent to hospital: it is test, their events are not.\n');
    expect(stderr).toContain('Nothing would go to hospital. Nothing was sent.\n');
  });

  test('tells what is refused, and ends with 1', async () => {
    const file = hospital.at.write('bad.json', { type: 'refill' });
    const { exitCode, stderr } = await hospital.at.run(['preview', 'hospital', file, '--offline']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"code":"field-missing"');
  });

  test('offline, of a hospital that was never asked, cannot be made', async () => {
    hospital.configure({ name: 'unasked' });
    const { exitCode, stderr } = await hospital.at.run(['preview', 'unasked', story, '--offline']);
    expect([exitCode, stderr]).toEqual([
      2,
      'unasked was never asked what it can hold: leave out --offline, or name its CapabilityStatement with --statement.\n',
    ]);
    hospital.configure();
  });
});
