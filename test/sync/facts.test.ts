import { describe, expect, it } from 'vitest';
import { type Fact, fact } from '../../src/sync/facts.ts';
import { parsed } from './capability-statements.ts';

const source = { source: 'the site', verified: true };
const assert = { reason: 'tried with the site', on: '2026-11-21' };

/** A fact as a site writes it. */
const say = (about: string, property: string, value: unknown, more: object = {}): Fact =>
  fact.parse({ about, property, value, ...source, ...more });

const statement = {
  resourceType: 'CapabilityStatement',
  fhirVersion: '4.0.1',
  rest: [
    {
      mode: 'server',
      interaction: [{ code: 'batch' }],
      resource: [
        {
          type: 'Observation',
          interaction: [{ code: 'create' }, { code: 'read' }, { code: 'update' }],
          versioning: 'versioned',
          conditionalUpdate: true,
          searchParam: [{ name: 'identifier' }, { name: 'patient' }],
        },
      ],
    },
  ],
};

const observation = (...facts: Fact[]) => parsed(statement, facts).resources.get('Observation');
const widened = (...facts: Fact[]) => parsed(statement, facts).problems.map(({ code, place }) => [code, place?.field]);

describe('a fact that narrows the statement', () => {
  it.each<[string, Fact, object]>([
    ['no batch', say('server', 'batch', false), { batch: false }],
    ['still no transaction', say('server', 'transaction', false), { transaction: false }],
    ['a limit of entries', say('server', 'maxEntries', 160), { maxEntries: 160 }],
    ['a limit of bytes', say('server', 'maxBytes', 1_000), { maxBytes: 1_000 }],
    ['If-Match on every update', say('server', 'ifMatch', 'required'), { ifMatch: 'required' }],
    ['If-Match that is ignored', say('server', 'ifMatch', 'ignored'), { ifMatch: 'ignored' }],
    ['If-Match as it is stated', say('server', 'ifMatch', 'supported'), { ifMatch: 'supported' }],
  ])('counts for the server: %s', (_, narrowing, expected) => {
    expect(parsed(statement, [narrowing])).toMatchObject({ ...expected, problems: [] });
  });

  it.each<[string, Fact, object]>([
    [
      'interactions',
      say('Observation', 'interactions', ['create', 'read']),
      { interactions: new Set(['create', 'read']) },
    ],
    [
      'search parameters',
      say('Observation', 'searchParameters', ['patient']),
      { searchParameters: new Set(['patient']) },
    ],
    ['conditional update', say('Observation', 'conditionalUpdate', false), { conditionalUpdate: false }],
    ['conditional create', say('Observation', 'conditionalCreate', false), { conditionalCreate: false }],
    ['update as create', say('Observation', 'updateCreate', false), { updateCreate: false }],
  ])('counts for a type: %s', (_, narrowing, expected) => {
    expect(observation(narrowing)).toMatchObject(expected);
    expect(widened(narrowing)).toEqual([]);
  });

  it('takes the smaller of two limits, whoever states it', () => {
    const larger = say('server', 'maxEntries', 200);
    const smaller = say('server', 'maxEntries', 50);
    expect(parsed(statement, [larger, smaller])).toMatchObject({ maxEntries: 50, problems: [] });
    expect(parsed(statement, [smaller, larger]).maxEntries).toBe(50);
    expect(widened(smaller, larger)).toEqual([['fact-widens', 'server.maxEntries']]);
    expect(widened(smaller, smaller)).toEqual([]);
  });
});

describe('a fact that widens the statement', () => {
  it.each<[string, Fact, object]>([
    ['transactions', say('server', 'transaction', true), { transaction: false }],
    ['If-Match after it was said to be ignored', say('server', 'ifMatch', 'supported'), { ifMatch: 'ignored' }],
  ])('does not count for the server without an assertion: %s', (_, widening, expected) => {
    const ignored = say('server', 'ifMatch', 'ignored');
    const { problems, ...capabilities } = parsed(statement, [ignored, widening]);
    expect(capabilities).toMatchObject(expected);
    expect(problems).toEqual([
      {
        code: 'fact-widens',
        severity: 'warning',
        place: { field: `server.${widening.property}` },
        message: 'the fact says more than what the destination states, and does not assert it: the statement counts',
        remedy: 'Give the fact an `assert` with reason and date, or remove it.',
      },
    ]);
  });

  it('counts in the part that narrows: what both name stays', () => {
    const both = say('Observation', 'interactions', ['create', 'delete']);
    expect(observation(both)?.interactions).toEqual(new Set(['create']));
    expect(widened(both)).toEqual([['fact-widens', 'Observation.interactions']]);
  });

  it.each<[string, Fact, object]>([
    [
      'interactions',
      say('Observation', 'interactions', ['create', 'delete'], { assert }),
      { interactions: new Set(['create', 'delete']) },
    ],
    [
      'search parameters',
      say('Observation', 'searchParameters', ['code'], { assert }),
      { searchParameters: new Set(['code']) },
    ],
    ['conditional create', say('Observation', 'conditionalCreate', true, { assert }), { conditionalCreate: true }],
    ['update as create', say('Observation', 'updateCreate', true, { assert }), { updateCreate: true }],
  ])('counts for a type with an assertion: %s', (_, asserted, expected) => {
    expect(observation(asserted)).toMatchObject(expected);
    expect(widened(asserted)).toEqual([]);
  });

  it('counts for the server with an assertion', () => {
    const asserted = [
      say('server', 'transaction', true, { assert }),
      say('server', 'ifMatch', 'ignored'),
      say('server', 'ifMatch', 'required', { assert }),
      say('server', 'maxEntries', 10),
      say('server', 'maxEntries', 20, { assert }),
    ];
    expect(parsed(statement, asserted)).toMatchObject({
      transaction: true,
      ifMatch: 'required',
      maxEntries: 20,
      problems: [],
    });
  });

  it('makes a type that the statement lacks only with an assertion', () => {
    const claimed = say('Procedure', 'interactions', ['create']);
    expect(parsed(statement, [claimed]).resources.has('Procedure')).toBe(false);
    expect(widened(claimed)).toEqual([['fact-widens', 'Procedure.interactions']]);
    const asserted = say('Procedure', 'interactions', ['create', 'update'], { assert });
    expect(parsed(statement, [asserted]).resources.get('Procedure')).toEqual({
      interactions: new Set(['create', 'update']),
      conditionalCreate: false,
      conditionalUpdate: false,
      updateCreate: false,
      versioning: 'no-version',
      searchParameters: new Set(),
      profiles: [],
      codingPolicy: 'any',
      voidBy: 'update-status',
    });
    expect(widened(asserted)).toEqual([]);
  });

  it.each<[string, object]>([
    ['claimed', {}],
    ['asserted', { assert }],
  ])('says nothing of a type that the statement lacks where it would only narrow it: %s', (_, more) => {
    const narrowing = [
      say('Procedure', 'conditionalCreate', false, more),
      say('Procedure', 'codingPolicy', 'not-both', more),
    ];
    expect(parsed(statement, narrowing).resources.has('Procedure')).toBe(false);
    expect(widened(...narrowing)).toEqual([]);
  });
});

describe('a fact about what no statement can say', () => {
  it('is taken as the last one says it', () => {
    const facts = [
      say('server', 'requestsPerSecond', 2),
      say('server', 'requestsPerSecond', 5),
      say('server', 'concurrency', 1),
      say('server', 'concurrency', 3),
      say('server', 'searchLagSeconds', 60),
      say('server', 'discrete', 'off'),
      say('server', 'discrete', 'on'),
      say('Observation', 'categories', ['a|b']),
      say('Observation', 'categories', ['a|vital-signs', 'a|survey']),
      say('Observation', 'elements', ['status', 'code']),
      say('Observation', 'codingPolicy', 'not-both'),
    ];
    const capabilities = parsed(statement, facts);
    expect(capabilities).toMatchObject({
      requestsPerSecond: 5,
      concurrency: 3,
      searchLagSeconds: 60,
      discrete: 'on',
      problems: [],
    });
    expect(capabilities.resources.get('Observation')).toMatchObject({
      categories: ['a|vital-signs', 'a|survey'],
      elements: ['status', 'code'],
      codingPolicy: 'not-both',
    });
  });

  it('adds codes of the vendor one by one, and the last meaning of a code holds', () => {
    const facts = [
      say('server', 'vendorCodes', { '4135': 'pause-until-tomorrow', '59141': 'already-there' }),
      say('server', 'vendorCodes', { '59141': 'terminal-data', '1': 'retry' }),
    ];
    expect(parsed(statement, facts).vendorCodes).toEqual({
      '4135': 'pause-until-tomorrow',
      '59141': 'terminal-data',
      '1': 'retry',
    });
  });

  it('can say that nothing is withdrawn there, and never that it is where nothing is updated', () => {
    expect(observation()?.voidBy).toBe('update-status');
    expect(observation(say('Observation', 'voidBy', 'none'))?.voidBy).toBe('none');
    const withoutUpdate = say('Observation', 'interactions', ['create', 'read']);
    expect(observation(say('Observation', 'voidBy', 'update-status'), withoutUpdate)?.voidBy).toBe('none');
  });
});

describe('the form of a fact', () => {
  it.each<[string, object]>([
    ['without a source', { about: 'server', property: 'batch', value: true, verified: true }],
    ['whose source is blank', { about: 'server', property: 'batch', value: true, verified: true, source: '' }],
    ['that does not say whether it is verified', { about: 'server', property: 'batch', value: true, source: 'x' }],
    ['of the server about a type', { about: 'Observation', property: 'batch', value: true, ...source }],
    ['of a type about the server', { about: 'server', property: 'conditionalCreate', value: true, ...source }],
    [
      'asserted without a reason',
      { about: 'server', property: 'batch', value: true, ...source, assert: { on: '2026-11-21' } },
    ],
    ['asserted on no day', { about: 'server', property: 'batch', value: true, ...source, assert: { reason: 'x' } }],
    ['with a limit of no entry', { about: 'server', property: 'maxEntries', value: 0, ...source }],
    ['with an unknown meaning of a code', { about: 'server', property: 'vendorCodes', value: { 1: 'ok' }, ...source }],
  ])('is refused %s', (_, wrong) => {
    expect(fact.safeParse(wrong).success).toBe(false);
  });
});
