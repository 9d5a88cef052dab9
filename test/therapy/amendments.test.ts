import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { amend } from '../../src/therapy/amendments.ts';
import { recordedOf } from '../stories/story.ts';
import { patientNamed, pump, report } from './reports.ts';

const change = (eventId: string, reason: string, fields = {}) =>
  report('dose-change', eventId, '2024-06-01T10:00:00-04:00', {
    program: { mode: 'simple-continuous', concentrationUgPerMl: 2000, doseUgPerDay: 100 },
    reason,
    ...fields,
  });

function correct(eventId: string, replaces: string, reason: string, fields: Record<string, unknown> = {}) {
  const { patient, ...rest } = fields;
  const program = { mode: 'simple-continuous', concentrationUgPerMl: 2000, doseUgPerDay: 100 };
  const event = { type: 'dose-change', occurredAt: '2024-06-01T10:00:00-04:00', pump, program, reason };
  return report('correction', eventId, '2024-06-02T10:00:00-04:00', {
    replaces,
    event: { ...event, ...(patient !== undefined && { patient }) },
    ...rest,
  });
}

const withdraw = (eventId: string, voids: string, fields = {}) =>
  report('void', eventId, '2024-06-03T10:00:00-04:00', { voids, reason: 'wrong', ...fields });

/** What stands, as root → what it says now; and the codes of the problems. */
function standing(...events: readonly CanonicalEvent[]) {
  const { statements, problems } = amend(recordedOf(events));
  return {
    says: Object.fromEntries(
      statements.map(({ rootEventId, event }) => [rootEventId, (event as { reason?: string }).reason]),
    ),
    problems: problems.map(({ problem }) => problem.code),
  };
}

describe('a void', () => {
  it('of an original: the event never happened', () => {
    expect(standing(change('E', 'first'), withdraw('V', 'E'))).toEqual({ says: {}, problems: [] });
  });

  it('of a void: the event stands again', () => {
    const events = [change('E', 'first'), withdraw('V', 'E'), withdraw('W', 'V')];
    expect(standing(...events)).toEqual({ says: { E: 'first' }, problems: [] });
    expect(standing(...events.toReversed())).toEqual({ says: { E: 'first' }, problems: [] });
  });

  it('of a correction: what it replaced stands again', () => {
    const events = [change('E', 'first'), correct('C', 'E', 'second'), withdraw('V', 'C')];
    expect(standing(...events)).toEqual({ says: { E: 'first' }, problems: [] });
  });

  it('of an original that was corrected: neither stands', () => {
    const events = [change('E', 'first'), correct('C', 'E', 'second'), withdraw('V', 'E')];
    expect(standing(...events)).toEqual({ says: {}, problems: [] });
  });

  it('of one correction in the middle of a chain leaves the last one standing', () => {
    const events = [change('E', 'first'), correct('C', 'E', 'second'), correct('D', 'C', 'third'), withdraw('V', 'C')];
    expect(standing(...events)).toEqual({ says: { E: 'third' }, problems: [] });
  });

  it('that names no known event is a warning, and withdraws nothing', () => {
    expect(standing(change('E', 'first'), withdraw('V', 'X'))).toEqual({
      says: { E: 'first' },
      problems: ['target-not-found'],
    });
  });

  it('of the same id at another source touches nothing', () => {
    const source = { system: 'urn:oid:2.16.840.1.113883.19.5.2', eventId: 'V' };
    expect(standing(change('E', 'first'), withdraw('V', 'E', { source }))).toEqual({
      says: { E: 'first' },
      problems: ['target-not-found'],
    });
  });
});

describe('a correction', () => {
  it('restates the event under the identity of its root', () => {
    const { statements } = amend(recordedOf([change('E', 'first'), correct('C', 'E', 'second')]));
    expect(statements.map(({ rootEventId, report: { event } }) => [rootEventId, event.source.eventId])).toEqual([
      ['E', 'C'],
    ]);
  });

  it('of a correction wins over it, in whatever order they arrive', () => {
    const events = [change('E', 'first'), correct('C', 'E', 'second'), correct('D', 'C', 'third')];
    expect(standing(...events)).toEqual({ says: { E: 'third' }, problems: [] });
    expect(standing(...events.toReversed())).toEqual({ says: { E: 'third' }, problems: [] });
  });

  it('recorded later wins over another of the same event', () => {
    const earlier = correct('D', 'E', 'second', { recordedAt: '2024-12-01T00:00:00Z' });
    const later = correct('C', 'E', 'third', { recordedAt: '2024-12-02T00:00:00Z' });
    expect(standing(change('E', 'first'), later, earlier)).toEqual({ says: { E: 'third' }, problems: [] });
  });

  it('competes with another of the same event and time without regard to which came first', () => {
    const [c, d] = [correct('C', 'E', 'second'), correct('D', 'E', 'third')];
    expect(standing(change('E', 'first'), c, d)).toEqual({ says: { E: 'third' }, problems: [] });
    expect(standing(d, c, change('E', 'first'))).toEqual({ says: { E: 'third' }, problems: [] });
  });

  it('whose target has not arrived stands for itself, with a warning', () => {
    expect(standing(correct('C', 'E', 'second'))).toEqual({ says: { E: 'second' }, problems: ['target-not-found'] });
    expect(standing(correct('C', 'E', 'second'), withdraw('V', 'C')).says).toEqual({});
  });

  it('of a correction of a correction stands at any depth, and each void takes one of them away', () => {
    const chain = ['C', 'D', 'F', 'G', 'H'].map((id, n, all) => correct(id, all[n - 1] ?? 'E', `says ${id}`));
    const events = [change('E', 'first'), ...chain];
    expect(standing(...events).says).toEqual({ E: 'says H' });
    expect(standing(...events, withdraw('V', 'H')).says).toEqual({ E: 'says G' });
    expect(standing(...events, withdraw('V', 'H'), withdraw('W', 'G')).says).toEqual({ E: 'says F' });
    expect(standing(...events, withdraw('V', 'H'), withdraw('W', 'V')).says).toEqual({ E: 'says H' });
    expect(standing(...events, withdraw('V', 'E'), withdraw('W', 'H')).says).toEqual({});
  });

  it.each([
    ['merge', { merged: patientNamed('MRN0711') }],
    ['unmerge', { undoes: 'N' }],
  ])('of a record %s stands for itself, with a warning: that states no event', (type, fields) => {
    const merged = report(type, 'M', '2024-06-01T10:00:00-04:00', fields);
    expect(standing(merged)).toEqual({ says: {}, problems: [] });
    expect(standing(merged, correct('C', 'M', 'second'))).toEqual({
      says: { C: 'second' },
      problems: ['target-not-found'],
    });
  });

  it('of what states no event stands for itself, with a warning', () => {
    const events = [change('E', 'first'), withdraw('V', 'E'), correct('C', 'V', 'second')];
    expect(standing(...events)).toEqual({ says: { C: 'second' }, problems: ['target-not-found'] });
    expect(standing(...events, withdraw('W', 'V')).says).toEqual({ E: 'first', C: 'second' });
  });
});

describe('corrections in a circle', () => {
  const early = { recordedAt: '2024-12-01T00:00:00Z' };
  const late = { recordedAt: '2024-12-02T00:00:00Z' };
  const latest = { recordedAt: '2024-12-03T00:00:00Z' };
  const both = ['amendment-cycle', 'amendment-cycle'];

  it('come to one event: the one recorded first is its original, the last one what it says', () => {
    const events = [correct('C', 'D', 'one', late), correct('D', 'C', 'two', early)];
    expect(standing(...events)).toEqual({ says: { D: 'one' }, problems: both });
    expect(standing(...events.toReversed())).toEqual({ says: { D: 'one' }, problems: both });
    expect(standing(correct('C', 'D', 'one'), correct('D', 'C', 'two'))).toEqual({
      says: { C: 'two' },
      problems: both,
    });
  });

  it('of three and one beside them come to one event', () => {
    const circle = [
      correct('C', 'D', 'one', late),
      correct('D', 'F', 'two', latest),
      correct('F', 'C', 'three', early),
    ];
    expect(standing(...circle).says).toEqual({ F: 'one' });
    expect(standing(...circle, correct('G', 'C', 'beside', early)).says).toEqual({ F: 'beside' });
    expect(standing(...circle).problems).toEqual([...both, 'amendment-cycle']);
    // The one beside them leads into the circle and not back: it amends nothing of itself.
    expect(standing(...circle, correct('G', 'C', 'beside', early)).problems).toEqual([...both, 'amendment-cycle']);
  });

  it('of one that replaces itself is that event', () => {
    expect(standing(correct('C', 'C', 'one'))).toEqual({ says: { C: 'one' }, problems: ['amendment-cycle'] });
  });

  it('are one no longer when one of them is voided: the other stands, and nothing is left to tell', () => {
    const events = [correct('C', 'D', 'one', early), correct('D', 'C', 'two', late)];
    expect(standing(...events, withdraw('V', 'C'))).toEqual({ says: { D: 'two' }, problems: [] });
    expect(standing(...events, withdraw('V', 'D'))).toEqual({ says: { C: 'one' }, problems: [] });
    expect(standing(...events, withdraw('V', 'C'), withdraw('W', 'D'))).toEqual({ says: {}, problems: [] });
  });

  it('does not concern voids that name each other: both are named', () => {
    expect(standing(change('E', 'first'), withdraw('V', 'W'), withdraw('W', 'V'))).toEqual({
      says: { E: 'first' },
      problems: both,
    });
  });
});

describe('the place of a correction', () => {
  it('keeps the place in the order of the event that it corrects, not its own', () => {
    const events = [change('E', 'first', { sequence: 3 }), correct('C', 'E', 'second', { sequence: 40 })];
    expect(amend(recordedOf(events)).statements.map(({ sequence }) => sequence)).toEqual([3]);
  });

  it('without one is that of an event that states none', () => {
    const events = [change('E', 'first'), correct('C', 'E', 'second')];
    expect(amend(recordedOf(events)).statements.map(({ sequence }) => sequence)).toEqual([0]);
  });

  it('among others recorded at one time is its sequence at the source', () => {
    const ordered = (c: number | undefined, d: number | undefined) =>
      standing(
        change('E', 'first'),
        correct('C', 'E', 'says C', { sequence: c }),
        correct('D', 'E', 'says D', { sequence: d }),
      ).says;
    expect([ordered(2, 1), ordered(1, 2), ordered(2, undefined), ordered(undefined, 2), ordered(2, 2)]).toEqual([
      { E: 'says C' },
      { E: 'says D' },
      { E: 'says C' },
      { E: 'says D' },
      { E: 'says D' },
    ]);
  });

  it('that stays with its patient is no move', () => {
    const events = [change('E', 'first'), correct('C', 'E', 'second'), correct('D', 'C', 'third')];
    expect(amend(recordedOf(events)).statements.map(({ reattributions }) => reattributions)).toEqual([0]);
  });

  it('to another patient moves the event and counts the move', () => {
    const toB = { patient: patientNamed('MRN0711') };
    const toA = { patient: patientNamed('MRN0710') };
    const moved = [change('E', 'first'), correct('C', 'E', 'second', toB)];
    const back = [...moved, correct('D', 'C', 'third', toA)];
    const [a, b, again] = [change('E', 'first'), moved, back].map(
      (events) => amend(recordedOf([events].flat())).statements[0],
    );
    expect([a?.reattributions, b?.reattributions, again?.reattributions]).toEqual([0, 1, 2]);
    expect(b?.patientId).not.toBe(a?.patientId);
    expect(again?.patientId).toBe(a?.patientId);
  });
});
