import { describe, expect, test } from 'vitest';
import { draftOf } from '../../../src/views/pump-status/draft.ts';
import { statusFacts } from '../../../src/views/pump-status/facts.ts';
import { statusTextAt } from '../../../src/views/pump-status/status.ts';
import { fold } from '../../therapy/reports.ts';
import { context, implant, read, shippedRules } from './status-of.ts';

const at = Temporal.Instant.from('2024-06-01T00:00:00Z');
const drafted = () => draftOf(statusFacts(fold([implant, read({})], at.toString()), context), 'shown');
const view = { now: at, held: { count: 0, sinceMs: null }, parts: 'whole', rules: shippedRules } as const;

describe('a status that is kept as text', () => {
  test('has an open place for whatever moves: six of the patient, five of a pump, the care plan and the general signs', () => {
    expect(drafted().pieces).toHaveLength(6 + 5 + 2 + 1);
  });

  test('is JSON with nothing between its members, as it is sent', () => {
    const text = statusTextAt(drafted(), at, view);
    expect(text).toBe(JSON.stringify(JSON.parse(text)));
  });

  test('says the same after it was kept', () => {
    const kept = JSON.parse(JSON.stringify(drafted()));
    expect(statusTextAt(kept, at, view)).toBe(statusTextAt(drafted(), at, view));
  });

  test('gives the care plan to those alone who may read it', () => {
    const { carePlan } = drafted();
    expect(statusTextAt(drafted(), at, view)).toContain(carePlan);
    expect(statusTextAt(drafted(), at, { ...view, parts: 'without-care-plan' })).not.toContain(carePlan);
  });

  test('is never told with a place left open, or with something too much', () => {
    const draft = drafted();
    const told = () => statusTextAt({ ...draft, pieces: draft.pieces.slice(1) }, at, view);
    expect(told).toThrow('A status is drafted in another way than it is told.');
  });
});
