import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reach } from '../../../src/auth/reach.ts';
import type { Empty } from './search.contract.ts';

/**
 * The same search twice: over the tables, and by looking at each resource in turn, in words of its own. What the second
 * finds is what the specification says, however slowly.
 */
interface Observation {
  readonly resourceType: 'Observation';
  readonly id: string;
  readonly status: string;
  readonly code: { readonly coding: readonly Coded[] };
  readonly category: readonly { readonly coding: readonly Coded[] }[];
  readonly device?: { readonly reference: string };
  readonly effectiveDateTime?: string;
  readonly effectivePeriod?: { readonly start?: string; readonly end?: string };
}

interface Coded {
  readonly system?: string;
  readonly code: string;
}

/** A parameter as it is written, and what it means. */
interface Asked {
  readonly text: string;
  readonly holds: (one: Kept) => boolean;
}

interface Kept {
  readonly patient: string;
  readonly resource: Observation;
}

const dates = [
  '2026',
  '2026-03',
  '2026-03-01',
  '2026-03-31',
  '2026-04-01',
  '2026-03-15T10:00:00Z',
  '2026-03-15T10:00:00.500Z',
];

/** First and last millisecond. */
function spanOf(text: string): readonly [number, number] {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number?, number?];
  if (text.includes('.')) return [Date.parse(text), Date.parse(text)];
  if (text.includes('T')) return [Date.parse(text), Date.parse(text) + 999];
  const first = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  if (day !== undefined) return [first, Date.UTC(year, (month as number) - 1, day + 1) - 1];
  return [first, (month === undefined ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month, 1)) - 1];
}

function clinicalSpan({ effectiveDateTime, effectivePeriod }: Observation): readonly [number, number] | undefined {
  if (effectiveDateTime) return spanOf(effectiveDateTime);
  if (!effectivePeriod) return undefined;
  const { start, end } = effectivePeriod;
  return [start ? spanOf(start)[0] : Number.NEGATIVE_INFINITY, end ? spanOf(end)[1] : Number.POSITIVE_INFINITY];
}

type Span = readonly [number, number];
const contains = ([from, to]: Span, [low, high]: Span): boolean => from <= low && high <= to;
const overlaps = ([from, to]: Span, [low, high]: Span): boolean => from <= high && low <= to;
const above = ([, to]: Span): Span => [to + 1, Number.POSITIVE_INFINITY];
const below = ([from]: Span): Span => [Number.NEGATIVE_INFINITY, from - 1];

/** FHIR R4, 3.1.1.4.6: parameter and target as ranges; `ge` and `le` also take what overlaps the parameter. */
const prefixes: Readonly<Record<string, (parameter: Span, target: Span) => boolean>> = {
  '': (parameter, target) => contains(parameter, target),
  eq: (parameter, target) => contains(parameter, target),
  ne: (parameter, target) => !contains(parameter, target),
  gt: (parameter, target) => overlaps(above(parameter), target),
  lt: (parameter, target) => overlaps(below(parameter), target),
  ge: (parameter, target) => overlaps(above(parameter), target) || overlaps(parameter, target),
  le: (parameter, target) => overlaps(below(parameter), target) || overlaps(parameter, target),
  sa: (parameter, target) => contains(above(parameter), target),
  eb: (parameter, target) => contains(below(parameter), target),
};

const dated: fc.Arbitrary<Asked> = fc
  .record({ prefix: fc.constantFrom(...Object.keys(prefixes)), value: fc.constantFrom(...dates) })
  .map(({ prefix, value }) => ({
    text: `date=${prefix}${value}`,
    holds: ({ resource }) => {
      const target = clinicalSpan(resource);
      return target !== undefined && (prefixes[prefix] as (a: Span, b: Span) => boolean)(spanOf(value), target);
    },
  }));

const codes: readonly Coded[] = [
  { system: 'urn:x', code: 'a' },
  { system: 'urn:y', code: 'a' },
  { code: 'a' },
  { system: 'urn:x', code: 'b' },
];

const tokens: readonly (readonly [string, (one: Coded) => boolean])[] = [
  ['a', ({ code }) => code === 'a'],
  ['b', ({ code }) => code === 'b'],
  ['c', () => false],
  ['urn:x|a', ({ system, code }) => system === 'urn:x' && code === 'a'],
  ['|a', ({ system, code }) => system === undefined && code === 'a'],
  ['urn:x|', ({ system }) => system === 'urn:x'],
];

const coded: fc.Arbitrary<Asked> = fc
  .record({
    name: fc.constantFrom('code', 'category'),
    modifier: fc.constantFrom('', '', ':not'),
    any: fc.subarray([...tokens], { minLength: 1, maxLength: 3 }),
  })
  .map(({ name, modifier, any }) => ({
    text: `${name}${modifier}=${any.map(([text]) => text).join(',')}`,
    holds: ({ resource }) => {
      const codings = name === 'code' ? resource.code.coding : resource.category.flatMap(({ coding }) => coding);
      return any.some(([, fits]) => codings.some(fits)) === (modifier === '');
    },
  }));

const other: fc.Arbitrary<Asked> = fc.constantFrom<Asked[]>(
  { text: 'status=final', holds: ({ resource }) => resource.status === 'final' },
  { text: 'status:not=final', holds: ({ resource }) => resource.status !== 'final' },
  { text: 'device=d1', holds: ({ resource }) => resource.device?.reference === 'Device/d1' },
  { text: 'device=Device/d1,Device/d2', holds: ({ resource }) => resource.device !== undefined },
  { text: 'device:missing=true', holds: ({ resource }) => resource.device === undefined },
  { text: 'date:missing=false', holds: ({ resource }) => clinicalSpan(resource) !== undefined },
  { text: 'category:missing=true', holds: ({ resource }) => resource.category.length === 0 },
  { text: 'patient=p1', holds: ({ patient }) => patient === 'p1' },
  { text: 'subject=Patient/p2,Patient/p3', holds: ({ patient }) => patient !== 'p1' },
);

const resource: fc.Arbitrary<Omit<Observation, 'id'>> = fc.record(
  {
    resourceType: fc.constant('Observation' as const),
    status: fc.constantFrom('final', 'amended'),
    code: fc.record({ coding: fc.subarray([...codes]) }),
    category: fc.array(fc.record({ coding: fc.subarray([...codes], { minLength: 1 }) }), { maxLength: 2 }),
    device: fc.constantFrom({ reference: 'Device/d1' }, { reference: 'Device/d2' }),
    effectiveDateTime: fc.constantFrom(...dates),
  },
  { requiredKeys: ['resourceType', 'status', 'code', 'category'] },
);

const lasting = fc
  .record({ start: fc.constantFrom(...dates), end: fc.constantFrom(...dates) }, { requiredKeys: [] })
  .filter(({ start, end }) => (start ?? end) !== undefined && !(start && end && spanOf(start)[0] > spanOf(end)[1]));

const observation = fc
  .record({ resource, effectivePeriod: fc.option(lasting, { nil: undefined }) })
  .map(({ resource: { effectiveDateTime, ...rest }, effectivePeriod }) =>
    effectivePeriod ? { ...rest, effectivePeriod } : { ...rest, ...(effectiveDateTime && { effectiveDateTime }) },
  );

const kept = fc.array(fc.record({ patient: fc.constantFrom('p1', 'p2', 'p3'), resource: observation }), {
  maxLength: 12,
});

const reaches: readonly (readonly [Reach, Asked['holds']])[] = [
  [[{}], () => true],
  [[{ patient: 'p1' }], ({ patient }) => patient === 'p1'],
  [[{ query: 'status=final' }], ({ resource: { status } }) => status === 'final'],
  [
    [{ patient: 'p2', query: 'status=final' }, { patient: 'p1' }],
    ({ patient, resource: { status } }) => patient === 'p1' || (patient === 'p2' && status === 'final'),
  ],
];

export function describeOracle(empty: Empty, runs: number): void {
  describe('by the specification', () => {
    it('finds what looking at each resource finds, once, over any pages and in any order', async () => {
      const search = fc.record({
        all: kept,
        asked: fc.array(fc.oneof(dated, coded, other), { minLength: 1, maxLength: 3 }),
        sort: fc.constantFrom('', '&_sort=date', '&_sort=-date', '&_sort=_lastUpdated', '&_sort=-_lastUpdated'),
        count: fc.integer({ min: 1, max: 13 }),
        reach: fc.constantFrom(...reaches),
      });
      await fc.assert(
        fc.asyncProperty(search, async ({ all, asked, sort, count, reach: [reach, isInReach] }) => {
          const there = empty();
          const rows = all.map(({ patient, resource: one }, index) => ({
            patient,
            resource: { ...one, id: `o${index}` },
          }));
          for (const { patient, resource: one } of rows) await there.put([one], { patient });
          // What no index answers is refused across patients; a date that all have makes it answerable.
          const isAnswered =
            asked.some(({ text }) => /^(patient|subject|_id)=/.test(text)) || reach.every(({ patient }) => patient);
          const expected = rows.filter((one) => isInReach(one) && asked.every(({ holds }) => holds(one)));
          const address = `Observation?${asked.map(({ text }) => text).join('&')}${sort}`;
          const answer = await there.ask(address, { reachOf: () => reach });
          if (answer.kind === 'refused') {
            expect([isAnswered, answer.outcome.issue[0]?.code]).toEqual([false, 'too-costly']);
            return;
          }
          const pages = await there.pages(`${address}&_count=${count}`, { reachOf: () => reach });
          const found = pages.flat();
          expect([...found].sort()).toEqual(expected.map(({ resource: { id } }) => id).sort());
          expect(pages.slice(0, -1).every(({ length }) => length === count)).toBe(true);
          const counted = await there.bundle(`${address}&_summary=count`, { reachOf: () => reach });
          expect(counted.total).toBe(expected.length);
          if (/=-?date/.test(sort)) {
            const starts = found.map((id) => startOf(rows, id));
            const ordered = starts.toSorted((a, b) => (a === b ? 0 : a < b ? -1 : 1));
            expect(starts).toEqual(sort.includes('-') ? ordered.reverse() : ordered);
          }
        }),
        { numRuns: runs },
      );
    });
  });
}

/** Without a date before all, without a start right behind. */
function startOf(rows: readonly Kept[], id: string): number {
  const one = rows.find(({ resource: { id: other } }) => other === id) as Kept;
  const span = clinicalSpan(one.resource);
  return span === undefined ? Number.NEGATIVE_INFINITY : Math.max(span[0], -8e14);
}
