import { expect, test } from 'vitest';
import { clinicalKinds } from '../../src/event/clinical.ts';
import { eventOf } from '../stories/story.ts';
import { carries, standing } from './element.ts';
import { table } from './table.ts';
import { desiredBy, draftOf, reporting } from './therapy.ts';

/** Everything that happens in the therapy has a kind of event that tells it, and becomes a resource. */
test.each(table.happenings.map((happening) => [happening.domain, happening] as const))('%s', (_, happening) => {
  const { event: kind, says } = happening;
  const result = desiredBy(reporting({ ...happening, event: `${kind}.type` }, kind, kind));
  expect(carries(result, happening, says), JSON.stringify(standing(result, happening))).toBe(true);
  expect(result.remarks.filter(({ held }) => held)).toEqual([]);
});

test('every kind of event that happens to patient or pump is among them', () => {
  const told = new Set(table.happenings.map(({ event }) => event));
  expect(clinicalKinds.map(({ type }) => type).filter((type) => !told.has(type))).toEqual([]);
});

test('a report that is sent twice makes nothing twice', () => {
  const implantation = eventOf(draftOf('implant', { occurredAt: '2024-01-10T08:00:00-05:00' }, 'THE-IMPLANTATION'));
  const refill = eventOf(draftOf('refill', {}));
  expect(desiredBy([implantation, refill, refill])).toEqual(desiredBy([implantation, refill]));
});
