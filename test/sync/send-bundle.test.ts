import type { BundleEntry, OperationOutcome } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/sync/fhir-client.ts';
import { type Operation, plan } from '../../src/sync/plan.ts';
import { bundleOf, readBundle } from '../../src/sync/send-bundle.ts';
import { able } from './destination-context.ts';
import { everyKind, placeOf } from './places.ts';
import {
  identifierSystem,
  identityOf,
  infusion,
  linksTo,
  observation,
  provenance,
  pump,
  tailored,
} from './therapy-resources.ts';

const creates = (...wanted: Parameters<typeof tailored>): Operation[] => plan(tailored(...wanted), new Map()).flat();
const entriesOf = (operations: readonly Operation[], links = new Map()) =>
  bundleOf('transaction', operations, placeOf({ links })).entry as BundleEntry[];

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

  it('states no version where the destination ignores them, and no condition where it knows none', () => {
    const links = linksTo(tailored(observation(2, 1, '2')));
    const capabilities = { ...everyKind(able()), ifMatch: 'ignored' as const };
    const operations = plan(tailored(observation(2, 1, '3'), observation(3, 1)), links).flat();
    const bundle = bundleOf('batch', operations, placeOf({ links, capabilities }));
    expect(bundle.type).toBe('batch');
    expect(bundle.entry?.map(({ request }) => request)).toEqual([
      { method: 'PUT', url: 'Observation/s1' },
      { method: 'POST', url: 'Observation' },
    ]);
  });

  it('carries along what the hospital put beside ours, and its identifiers and labels behind ours', () => {
    const theirs = {
      note: [{ text: 'seen by the ward' }],
      valueString: 'never this',
      identifier: [{ system: 'urn:ward', value: '7' }],
      meta: { security: [{ system: 'urn:ward', code: 'R' }] },
    };
    const links = linksTo(tailored(observation(2, 1, '2')), { theirs });
    const [entry] = entriesOf(plan(tailored(observation(2, 1, '3')), links).flat(), links);
    expect(entry?.resource).toEqual({
      ...observation(2, 1, '3').resource,
      id: 's1',
      subject: { reference: 'Patient/p1' },
      note: [{ text: 'seen by the ward' }],
      identifier: [
        { system: identifierSystem, value: identityOf(2) },
        { system: 'urn:ward', value: '7' },
      ],
      meta: { security: [{ system: 'urn:ward', code: 'R' }] },
    });
  });
});

const answered = (entry: BundleEntry[], status = 200): Answer => ({
  kind: 'answered',
  status,
  body: { resourceType: 'Bundle', type: 'transaction-response', entry },
});
const read = (operations: readonly Operation[], answer: Answer, place = placeOf()) => {
  const { links, failures } = readBundle(operations, answer, place);
  return { links, reactions: failures.map(({ reaction }) => reaction) };
};

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
    const { links, reactions } = read(one, answered([{ response: { status: '201 Created', ...response } }]));
    expect(links).toMatchObject([{ ...expected, identity: identityOf(2), state: 'live' }]);
    expect(reactions).toEqual([]);
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

  it('knows what it created with a 200 where the create had no condition', () => {
    const place = placeOf({ capabilities: everyKind(able()) });
    const { links } = read(one, answered([{ response: { status: '200', location: 'Observation/17' } }]), place);
    expect(links[0]?.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes a refused conditional create for several matches, a refused update for a stale version', () => {
    const refusal = answered([{ response: { status: '412 Precondition Failed' } }]);
    expect(read(one, refusal).reactions).toMatchObject([{ kind: 'terminal', about: 'identity' }]);
    expect(read(one, refusal, placeOf({ capabilities: everyKind(able()) })).reactions).toMatchObject([
      { kind: 'conflict' },
    ]);
    const update = plan(tailored(observation(2, 1, '3')), linksTo(tailored(observation(2, 1, '2')))).flat();
    expect(read(update, refusal).reactions).toMatchObject([{ kind: 'conflict' }]);
  });

  it('reads the outcome of an entry, wherever it stands', () => {
    const outcome: OperationOutcome = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'throttled' }],
    };
    for (const entry of [
      { response: { status: '422', outcome } },
      { resource: outcome, response: { status: '422' } },
    ]) {
      expect(read(one, answered([entry])).reactions).toMatchObject([{ kind: 'retry' }]);
    }
    const location = 'Observation/17';
    const quiet = read(one, answered([{ response: { status: '200', location, outcome } }]));
    expect(quiet).toMatchObject({ links: [], reactions: [{ kind: 'retry' }] });
  });

  it('that was refused as a whole is refused for each operation', () => {
    const two = creates(observation(2, 1), observation(3, 1));
    const { links, reactions } = read(two, { kind: 'answered', status: 422, body: '<html/>' });
    expect(links).toEqual([]);
    expect(reactions.map(({ kind }) => kind)).toEqual(['terminal', 'terminal']);
  });

  it('in which a create was taken for later is looked for, where a search can tell', () => {
    const entry = { response: { status: '202 Accepted', location: 'Observation/17' } };
    expect(read(one, answered([entry]))).toMatchObject({ links: [], reactions: [{ kind: 'queued' }] });
    expect(read(one, answered([{ response: { status: '202' } }])).reactions).toMatchObject([{ kind: 'queued' }]);
  });

  it('that was only taken (202) is not known yet', () => {
    expect(read(one, { kind: 'answered', status: 202, body: undefined }).reactions).toMatchObject([
      { kind: 'unknown' },
    ]);
  });

  it('with fewer entries than were sent confirms nothing: it is unknown', () => {
    const two = creates(observation(2, 1), observation(3, 1));
    const { links, reactions } = read(two, answered([{ response: { status: '201', location: 'Observation/17' } }]));
    expect(links).toEqual([]);
    expect(reactions).toMatchObject([{ kind: 'unknown' }, { kind: 'unknown' }]);
  });

  it('with an empty body is unknown', () => {
    expect(read(one, { kind: 'answered', status: 200, body: undefined })).toMatchObject({
      links: [],
      reactions: [{ kind: 'unknown' }],
    });
  });

  it('that creates without telling where is unknown', () => {
    expect(read(one, answered([{ response: { status: '201' } }])).reactions).toMatchObject([{ kind: 'unknown' }]);
  });

  it('keeps what succeeded beside a refusal inside', () => {
    const two = creates(observation(2, 1), observation(3, 1));
    const entries = [{ response: { status: '422' } }, { response: { status: '201', location: 'Observation/18' } }];
    const { links, reactions } = read(two, answered(entries));
    expect(links.map(({ identity }) => identity)).toEqual([identityOf(3)]);
    expect(reactions).toMatchObject([{ kind: 'terminal', about: 'data', problem: { code: 'destination-refused' } }]);
  });

  it('to a void says voided, with the version that came of it', () => {
    const links = linksTo(tailored(observation(1, 1)));
    const answer = answered([{ response: { status: '200', etag: 'W/"2"' } }]);
    expect(read(plan([], links).flat(), answer).links).toMatchObject([
      { state: 'voided', versionId: '2', serverId: 's1' },
    ]);
  });
});
