import type { Observation, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { DriftPolicy } from '../../src/sync/destination.ts';
import { compareWithHospital, inOurTerms, reconsider } from '../../src/sync/drift.ts';
import { says } from '../../src/sync/drift-says.ts';
import type { Link } from '../../src/sync/plan.ts';
import type { Tailored } from '../../src/sync/tailored.ts';
import { itemsOf } from './places.ts';
import { identifierSystem, identityOf, infusion, linksTo, observation, pump } from './therapy-resources.ts';

const [written] = itemsOf(observation(2, 1, '2')) as [Tailored];
const linked = (changes: Partial<Link> = {}): Link => linksTo([written], changes).get(identityOf(2)) as Link;
const there = (changes: object = {}): Resource =>
  ({ ...written.resource, id: 's1', meta: { versionId: '9' }, ...changes }) as Resource;

describe('what stands at the hospital, against what we wrote', () => {
  it('is the same where servers only added what is theirs: id, version, narrative, the time of noting', () => {
    const text = { status: 'generated', div: '<div/>' };
    const current = there({ meta: { versionId: '9', lastUpdated: '2024-03-02T00:00:00Z' }, text, recorded: 'now' });
    expect(compareWithHospital(linked(), current)).toEqual({ kind: 'same', base: written.resource, theirs: undefined });
  });

  it('keeps what the hospital put beside ours: elements, identifiers, labels', () => {
    const current = there({
      note: [{ text: 'seen by the ward' }],
      identifier: [
        { system: 'urn:ward', value: '7' },
        { system: identifierSystem, value: identityOf(2) },
      ],
      meta: { versionId: '9', tag: [{ system: 'urn:ward', code: 'x' }], security: [{ system: 'urn:ward', code: 'R' }] },
    });
    expect(compareWithHospital(linked(), current)).toMatchObject({
      kind: 'same',
      theirs: {
        note: [{ text: 'seen by the ward' }],
        identifier: [{ system: 'urn:ward', value: '7' }],
        meta: { tag: [{ system: 'urn:ward', code: 'x' }], security: [{ system: 'urn:ward', code: 'R' }] },
      },
    });
  });

  it('is changed where an element of ours says something else, or is gone', () => {
    expect(compareWithHospital(linked(), there({ valueString: '3' }))).toEqual({
      kind: 'changed',
      elements: ['valueString'],
    });
    expect(compareWithHospital(linked(), there({ identifier: [{ system: 'urn:ward', value: '7' }] }))).toEqual({
      kind: 'changed',
      elements: ['identifier'],
    });
    const { status: _status, ...without } = there() as Observation;
    expect(compareWithHospital(linked(), without as Resource)).toEqual({ kind: 'changed', elements: ['status'] });
  });

  it('is changed where a label of ours is gone, not where a claim of a profile is', () => {
    const labelled = { ...written.resource, meta: { profile: ['urn:p'], tag: [{ system: 'urn:us', code: 'test' }] } };
    const link = linked({ content: labelled as Resource });
    expect(compareWithHospital(link, there())).toEqual({ kind: 'changed', elements: ['meta'] });
    const kept = there({ meta: { versionId: '9', tag: [{ system: 'urn:us', code: 'test' }] } });
    expect(compareWithHospital(link, kept)).toMatchObject({ kind: 'same' });
  });

  it('under the version that we know is how this server writes it down', () => {
    const current = there({ code: { text: 'SCORE' }, issued: '2024-03-01T09:00:00Z' });
    expect(compareWithHospital(linked({ versionId: '9' }), current)).toEqual({
      kind: 'same',
      base: written.resource,
      theirs: { issued: '2024-03-01T09:00:00Z' },
    });
    expect(compareWithHospital(linked({ versionId: '8' }), current).kind).toBe('changed');
    expect(compareWithHospital(linked({ versionId: null }), current).kind).toBe('changed');
  });

  it('may be what we sent without learning whether it was applied', () => {
    const sent = observation(2, 1, '3').resource;
    const found = compareWithHospital(linked({ sent: [sent] }), there({ valueString: '3' }));
    expect(found).toEqual({ kind: 'same', base: sent, theirs: undefined });
  });

  it('is the one of ours that explains most: what an older one had more is no addition of theirs', () => {
    const older = { ...written.resource, interpretation: [{ text: 'high' }] } as Resource;
    const link = linked({ content: older, sent: [written.resource] });
    const found = compareWithHospital(link, there({ interpretation: [{ text: 'high' }] }));
    expect(found).toEqual({ kind: 'same', base: older, theirs: undefined });
  });
});

describe('two ways to write the same', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['an instant in another zone', '2024-03-01T09:00:00Z', '2024-03-01T10:00:00+01:00', true],
    ['another instant', '2024-03-01T09:00:00Z', '2024-03-01T09:00:01Z', false],
    ['a date and an instant', '2024-03-01', '2024-03-01T00:00:00Z', false],
    ['no instant at all', '2024-13-01T09:00:00Z', '2024-14-01T09:00:00Z', false],
    ['a display beside a code', { code: 'a', display: 'A' }, { code: 'a' }, true],
    [
      'a display beside a reference',
      { reference: 'Device/1', display: 'pump', type: 'Device' },
      { reference: 'Device/1' },
      true,
    ],
    ['a display alone', { text: 'a', display: 'A' }, { text: 'a' }, false],
    ['a type without a reference', { code: 'a', type: 'x' }, { code: 'a' }, false],
    ['an id', { id: '1', text: 'a' }, { text: 'a' }, true],
    ['one coding more', [{ code: 'a' }, { code: 'b' }], [{ code: 'a' }], false],
    ['one coding less', [{ code: 'a' }], [{ code: 'a' }, { code: 'b' }], false],
    ['another order', [{ code: 'b' }, { code: 'a' }], [{ code: 'a' }, { code: 'b' }], false],
    ['an element less', {}, { code: 'a' }, false],
    ['a number', 2, 2, true],
    ['another number', 2, 2.5, false],
    ['a number and a text', 2, '2', false],
    ['a list and an object', { code: 'a' }, [{ code: 'a' }], false],
    ['an object and a list', [{ code: 'a' }], { code: 'a' }, false],
    ['nothing', undefined, { code: 'a' }, false],
    ['null', null, { code: 'a' }, false],
  ])('%s', (_what, theirs, ours, same) => {
    expect(says(theirs, ours)).toBe(same);
  });
});

describe('a resource in our terms', () => {
  const device = linksTo(itemsOf(pump(1)));
  const opened = infusion(2, 1, 1).resource;
  const base = 'https://ehr.example/fhir';
  const as = (reference: string) =>
    inOurTerms({ ...opened, device: [{ reference }] } as Resource, device.values(), base) as { device?: object[] };

  it.each(['Device/s1', 'Device/s1/_history/4', `${base}/Device/s1`, `${base}/Device/s1/_history/4`])(
    'refers by identity to what the server calls %s',
    (reference) => {
      expect(as(reference).device).toEqual([{ reference: `urn:uuid:${identityOf(1)}` }]);
    },
  );

  it('refers as the server does to what is not ours', () => {
    expect(as('Device/other').device).toEqual([{ reference: 'Device/other' }]);
    expect(as('https://elsewhere.example/fhir/Device/s1').device).toEqual([
      { reference: 'https://elsewhere.example/fhir/Device/s1' },
    ]);
    expect(as(`urn:uuid:${identityOf(7)}`).device).toEqual([{ reference: `urn:uuid:${identityOf(7)}` }]);
  });
});

describe('a resource that somebody changed there', () => {
  const [wanted] = itemsOf(observation(2, 1, '4')) as [Tailored];
  const edited = there({ valueString: '3' });
  const found = (policy: DriftPolicy, item: Tailored | undefined = wanted, link = linked()) =>
    reconsider(link, edited, '9', item, policy);

  it('waits for a human, under the version that they changed it to', () => {
    expect(found('review')).toEqual({
      link: { ...linked(), versionId: '9', contentHash: wanted.contentHash, state: 'contested' },
      problem: {
        code: 'changed-at-destination',
        severity: 'warning',
        message: 'Observation was changed there and is left as it is',
        remedy: expect.any(String),
      },
    });
    expect(reconsider(linked(), edited, '9', undefined, 'review').link).toMatchObject({
      state: 'contested',
      contentHash: null,
    });
  });

  it('is written as ours, with what they put beside it, where ours wins', () => {
    const { link, problem } = reconsider(
      linked(),
      there({ valueString: '3', note: [{ text: 'n' }] }),
      '9',
      wanted,
      'ours',
    );
    expect(link).toEqual({
      ...linked(),
      versionId: '9',
      contentHash: null,
      state: 'live',
      theirs: { note: [{ text: 'n' }] },
    });
    expect(problem).toMatchObject({ code: 'changed-at-destination', severity: 'information' });
  });

  it('stays as theirs until we want something else, where theirs wins', () => {
    expect(found('theirs')).toMatchObject({
      link: { versionId: '9', contentHash: wanted.contentHash, state: 'live', content: written.resource },
      problem: { code: 'changed-at-destination', severity: 'information' },
    });
    expect(reconsider(linked(), edited, '9', undefined, 'theirs').link).toMatchObject({ state: 'voided' });
  });

  it.each<DriftPolicy>(['ours', 'theirs', 'review'])('to just what we want is in step (%s)', (policy) => {
    const same = { ...wanted.resource, id: 's1', meta: { versionId: '9' } } as Resource;
    const { link, problem } = reconsider(linked(), same, '9', wanted, policy);
    expect(link).toMatchObject({ contentHash: wanted.contentHash, state: 'live', versionId: '9' });
    expect(problem).toBeUndefined();
  });

  it('is not known to be changed where no version was known: it is written as ours', () => {
    const { link, problem } = found('review', wanted, linked({ versionId: null }));
    expect(problem).toBeUndefined();
    expect(link).toMatchObject({ state: 'live', versionId: '9' });
    expect(link.contentHash).not.toBe(wanted.contentHash);
  });
});

describe('a resource that nobody changed there', () => {
  it('is known again by what is there, with their additions', () => {
    const current = there({ note: [{ text: 'n' }] });
    expect(reconsider(linked({ contentHash: null }), current, '9', undefined, 'review')).toEqual({
      link: {
        ...linked(),
        versionId: '9',
        contentHash: written.contentHash,
        theirs: { note: [{ text: 'n' }] },
      },
    });
  });

  it('is what was sent, and no longer what was known, where that was applied', () => {
    const sent = observation(2, 1, '3').resource;
    const { link } = reconsider(linked({ sent: [sent] }), there({ valueString: '3' }), '9', undefined, 'review');
    expect(link).toMatchObject({ content: sent, sent: [], state: 'live' });
    const withdrawn = { ...written.resource, status: 'entered-in-error' } as Resource;
    const voided = reconsider(
      linked({ sent: [withdrawn] }),
      there({ status: 'entered-in-error' }),
      '9',
      undefined,
      'review',
    );
    expect(voided.link).toMatchObject({ content: withdrawn, state: 'voided' });
  });
});
