import type { BundleEntry } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/sync/fhir-client.ts';
import { type Operation, plan } from '../../src/sync/plan.ts';
import { readAnswer, transactionOf } from '../../src/sync/transaction.ts';
import {
  identifierSystem,
  identityOf,
  infusion,
  linksTo,
  observation,
  ourPatient,
  provenance,
  pump,
  tailored,
} from './therapy-resources.ts';

const creates = (...wanted: Parameters<typeof tailored>): Operation[] => plan(tailored(...wanted), new Map()).flat();
const entriesOf = (operations: readonly Operation[], links = new Map()) =>
  transactionOf(operations, links, identifierSystem).entry as BundleEntry[];

describe('a transaction', () => {
  it('creates by keyed identity, percent-encoded, unless it is there; Provenance by its tag', () => {
    const [device, origin] = entriesOf(creates(pump(1), provenance(3, 1, 1)));
    const token = encodeURIComponent(`${identifierSystem}|${identityOf(1)}`);
    expect(device).toMatchObject({
      fullUrl: `urn:uuid:${identityOf(1)}`,
      request: { method: 'POST', url: 'Device', ifNoneExist: `identifier=${token}` },
    });
    expect(token).not.toMatch(/[|/:]/);
    expect(origin?.request?.ifNoneExist).toBe(`_tag=${encodeURIComponent(`${identifierSystem}|${identityOf(3)}`)}`);
  });

  it('refers by urn:uuid to what it creates, and by Type/id to what is there', () => {
    const operations = creates(infusion(2, 1, 1));
    const device = tailored(pump(1));
    expect(entriesOf(operations)[0]?.resource).toMatchObject({ device: [{ reference: `urn:uuid:${identityOf(1)}` }] });
    expect(entriesOf(operations, linksTo(device))[0]?.resource).toMatchObject({ device: [{ reference: 'Device/s1' }] });
  });

  it('updates and voids by id, under the version that is known', () => {
    const links = linksTo(tailored(observation(1, 1, '2'), observation(2, 1, '2')), { versionId: '7' });
    const operations = plan(tailored(observation(2, 1, '3')), links).flat();
    expect(entriesOf(operations, links)).toMatchObject([
      {
        resource: { id: 's1', status: 'entered-in-error' },
        request: { method: 'PUT', url: 'Observation/s1', ifMatch: 'W/"7"' },
      },
      { resource: { id: 's2', valueString: '3' }, request: { method: 'PUT', url: 'Observation/s2', ifMatch: 'W/"7"' } },
    ]);
  });

  it('states no version where the destination has none', () => {
    const links = linksTo(tailored(observation(2, 1, '2')), { versionId: null });
    const [entry] = entriesOf(plan(tailored(observation(2, 1, '3')), links).flat(), links);
    expect(entry?.request).toEqual({ method: 'PUT', url: 'Observation/s1' });
  });
});

const answered = (entry: BundleEntry[], status = 200): Answer => ({
  kind: 'answered',
  status,
  body: { resourceType: 'Bundle', type: 'transaction-response', entry },
});
const read = (operations: readonly Operation[], answer: Answer) => readAnswer(operations, answer, ourPatient);

describe('the answer to a transaction', () => {
  const one = creates(observation(2, 1));

  it.each([
    ['a relative location', { location: 'Observation/17/_history/3' }, { serverId: '17', versionId: '3' }],
    [
      'an absolute location',
      { location: 'https://ehr.example/fhir/Observation/17/_history/3' },
      { serverId: '17', versionId: '3' },
    ],
    [
      'an ETag beside a location without version',
      { location: 'Observation/17', etag: 'W/"4"' },
      { serverId: '17', versionId: '4' },
    ],
    [
      'a strong ETag',
      { location: 'https://ehr.example/fhir/Observation/17', etag: '"4"' },
      { serverId: '17', versionId: '4' },
    ],
    ['a location alone', { location: 'Observation/17' }, { serverId: '17', versionId: null }],
  ])('tells id and version by %s', (_form, response, expected) => {
    const { links, reaction } = read(one, answered([{ response: { status: '201 Created', ...response } }]));
    expect(links).toMatchObject([{ ...expected, identity: identityOf(2), state: 'live' }]);
    expect(reaction).toBeUndefined();
  });

  it('tells id and version by the resource, where it is sent back', () => {
    const resource = {
      ...observation(2, 1).resource,
      id: '17',
      meta: { versionId: '3' },
    } as BundleEntry['resource'];
    const { links } = read(one, answered([{ resource, response: { status: '201' } }]));
    expect(links).toMatchObject([{ serverId: '17', versionId: '3' }]);
  });

  it('knows what the destination says only when it was created now', () => {
    const location = 'Observation/17/_history/1';
    const created = read(one, answered([{ response: { status: '201', location } }]));
    const found = read(one, answered([{ response: { status: '200', location } }]));
    expect(created.links[0]?.contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect(found.links[0]?.contentHash).toBeNull();
  });

  it('with fewer entries than were sent confirms nothing: it is unknown', () => {
    const two = creates(observation(2, 1), observation(3, 1));
    const { links, reaction } = read(two, answered([{ response: { status: '201', location: 'Observation/17' } }]));
    expect(links).toEqual([]);
    expect(reaction).toMatchObject({ kind: 'unknown' });
  });

  it('with an empty body is unknown', () => {
    expect(read(one, { kind: 'answered', status: 200, body: undefined })).toMatchObject({
      links: [],
      reaction: { kind: 'unknown' },
    });
  });

  it('that creates without telling where is unknown', () => {
    expect(read(one, answered([{ response: { status: '201' } }])).reaction).toMatchObject({ kind: 'unknown' });
  });

  it('keeps what succeeded beside a refusal inside', () => {
    const two = creates(observation(2, 1), observation(3, 1));
    const entries = [{ response: { status: '422' } }, { response: { status: '201', location: 'Observation/18' } }];
    const { links, reaction } = read(two, answered(entries));
    expect(links.map(({ identity }) => identity)).toEqual([identityOf(3)]);
    expect(reaction).toMatchObject({ kind: 'terminal', problem: { code: 'destination-refused' } });
  });

  it('to a void says voided, with the version that came of it', () => {
    const links = linksTo(tailored(observation(1, 1)));
    const answer = answered([{ response: { status: '200', etag: 'W/"2"' } }]);
    expect(read(plan([], links).flat(), answer).links).toMatchObject([
      { state: 'voided', versionId: '2', serverId: 's1' },
    ]);
  });
});
