import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/sync/fhir-client.ts';
import { type Operation, plan } from '../../src/sync/plan.ts';
import { readSingle, requestOf } from '../../src/sync/send-single.ts';
import { able } from './destination-context.ts';
import { everyKind, itemsOf, placeOf } from './places.ts';
import { identifierSystem, identityOf, infusion, linksTo, observation, provenance, pump } from './therapy-resources.ts';

const first = (operations: readonly Operation[]): Operation => operations[0] as Operation;
const create = first(plan(itemsOf(observation(2, 1)), new Map()).flat());
const links = linksTo(itemsOf(observation(2, 1, '2')), { versionId: '7' });
const update = first(plan(itemsOf(observation(2, 1, '3')), links).flat());
const unconditional = everyKind(able());

describe('one operation as a request of its own', () => {
  it('creates unless its identity is there', () => {
    expect(requestOf(create, placeOf())).toEqual({
      method: 'POST',
      path: 'Observation',
      body: observation(2, 1).resource,
      headers: {
        prefer: 'return=minimal',
        'if-none-exist': `identifier=${encodeURIComponent(`${identifierSystem}|${identityOf(2)}`)}`,
      },
    });
    const origin = first(plan(itemsOf(provenance(3, 1, 2)), new Map()).flat());
    expect(requestOf(origin, placeOf()).headers).toMatchObject({ 'if-none-exist': expect.stringMatching(/^_tag=/) });
  });

  it('creates without a condition where the server knows none', () => {
    expect(requestOf(create, placeOf({ capabilities: unconditional })).headers).toEqual({ prefer: 'return=minimal' });
  });

  it('updates by id under the version that is known, and refers by Type/id to what is there', () => {
    expect(requestOf(update, placeOf({ links }))).toEqual({
      method: 'PUT',
      path: 'Observation/s1',
      body: { ...observation(2, 1, '3').resource, id: 's1' },
      headers: { prefer: 'return=minimal', 'if-match': 'W/"7"' },
    });
    const device = linksTo(itemsOf(pump(1)));
    const opening = first(
      plan(itemsOf(infusion(2, 1, 1)), device)
        .filter((group) => group[0]?.kind === 'create')
        .flat(),
    );
    expect(requestOf(opening, placeOf({ links: device })).body).toMatchObject({ device: [{ reference: 'Device/s1' }] });
  });

  it('updates without a version where none is known, or where the server ignores it', () => {
    const ignoring = { ...everyKind(able()), ifMatch: 'ignored' as const };
    expect(requestOf(update, placeOf({ links, capabilities: ignoring })).headers).toEqual({ prefer: 'return=minimal' });
    const versionless = linksTo(itemsOf(observation(2, 1, '2')), { versionId: null });
    const blind = first(plan(itemsOf(observation(2, 1, '3')), versionless).flat());
    expect(requestOf(blind, placeOf({ links: versionless })).headers).toEqual({ prefer: 'return=minimal' });
  });
});

describe('the answer to it', () => {
  const answered = (status: number, rest: Partial<Extract<Answer, { kind: 'answered' }>> = {}): Answer => ({
    kind: 'answered',
    status,
    body: undefined,
    ...rest,
  });
  const read = (operation: Operation, answer: Answer, place = placeOf({ links })) => {
    const { links: confirmed, failures } = readSingle(operation, answer, place);
    return { confirmed, reactions: failures.map(({ reaction }) => reaction) };
  };

  it.each([
    ['a location with a version', { location: 'https://ehr.example/fhir/Observation/17/_history/3' }, '3'],
    ['a location and an ETag', { location: 'Observation/17', etag: 'W/"4"' }, '4'],
    ['a location alone', { location: 'Observation/17' }, null],
    [
      'the resource, without a location',
      { body: { resourceType: 'Observation', id: '17', meta: { versionId: '5' } } },
      '5',
    ],
  ])('tells place and version by %s', (_how, rest, versionId) => {
    const { confirmed, reactions } = read(create, answered(201, rest));
    expect(confirmed).toEqual([
      {
        identity: identityOf(2),
        patientId: placeOf().patientId,
        resourceType: 'Observation',
        serverId: '17',
        versionId,
        contentHash: create.kind === 'create' ? create.item.contentHash : '',
        state: 'live',
        content: observation(2, 1).resource,
      },
    ]);
    expect(reactions).toEqual([]);
  });

  it('of 200 to a conditional create says that it was there; without a condition that it is new', () => {
    const location = 'Observation/17';
    expect(read(create, answered(200, { location })).confirmed[0]?.contentHash).toBeNull();
    const fresh = read(create, answered(200, { location }), placeOf({ capabilities: unconditional })).confirmed[0];
    expect(fresh?.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a success without a place', answered(201), 'unknown'],
    [
      'a success with an outcome alone',
      answered(201, { body: { resourceType: 'OperationOutcome', issue: [] } }),
      'unknown',
    ],
    ['a page of a proxy', answered(200, { body: '<html/>' }), 'unknown'],
    ['taken, not done', answered(202), 'queued'],
    ['several matches', answered(412), 'terminal'],
    ['a refusal', answered(422, { body: '<html/>' }), 'terminal'],
    ['an overload', answered(503), 'retry'],
    ['silence', { kind: 'unknown', problem: { code: 'destination-unavailable' } } as Answer, 'unknown'],
  ])('that is %s: %s', (_what, answer, kind) => {
    expect(read(create, answer)).toMatchObject({ confirmed: [], reactions: [{ kind }] });
  });

  it('that takes a create and tells where it will be is looked for until it is there, where a search can tell', () => {
    const located = answered(202, { location: 'Observation/17' });
    expect(read(create, located)).toMatchObject({ confirmed: [], reactions: [{ kind: 'queued' }] });
    const unsearchable = placeOf({ capabilities: everyKind(able(['create', 'read', 'update'])) });
    expect(readSingle(create, located, unsearchable)).toMatchObject({ links: [{ serverId: '17' }], failures: [] });
  });

  it('to an update, done or taken, is the content that was sent, under the version that came of it', () => {
    for (const status of [200, 201, 202, 204]) {
      expect(read(update, answered(status, { etag: 'W/"8"' })).confirmed).toEqual([
        {
          ...links.get(identityOf(2)),
          versionId: '8',
          contentHash: update.kind === 'update' ? update.item.contentHash : '',
          content: observation(2, 1, '3').resource,
          sent: undefined,
          mappingVersion: undefined,
        },
      ]);
    }
    expect(read(update, answered(412)).reactions).toMatchObject([{ kind: 'conflict' }]);
  });

  it('to a void is voided, and the content says so', () => {
    const voiding = first(plan([], links).flat());
    expect(read(voiding, answered(200, { etag: 'W/"8"' })).confirmed).toMatchObject([
      { state: 'voided', versionId: '8', content: { status: 'entered-in-error', valueString: '2' } },
    ]);
  });
});
