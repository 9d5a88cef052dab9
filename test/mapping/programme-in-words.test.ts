import type { Procedure } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { draftOf, told } from '../fields/therapy.ts';
import { eventOf } from '../stories/story.ts';
import { made } from './made.ts';

const changeAfter = (previousProgram: object | null) =>
  made([
    eventOf(draftOf('implant', { occurredAt: '2024-01-10T08:00:00-05:00' }, 'THE-IMPLANTATION')),
    eventOf(draftOf('dose-change', { previousProgram })),
  ])
    .by<Procedure>('procedure', told)
    .note?.map(({ text }) => text);

test('the programme that was shown before a change stands with the change, value by value', () => {
  const before = {
    mode: 'flex',
    concentrationUgPerMl: 500,
    rateMlPerDay: 0.4,
    doseUgPerDay: 200,
    additionalDrugs: [{ name: 'clonidine', concentrationUgPerMl: 150 }],
    flexSteps: [
      { start: '06:00', doseUg: 120 },
      { start: '18:00', doseUg: 80 },
    ],
  };
  expect(changeAfter(before)).toEqual([
    'Programme before, as reported: Infusion mode: Flex (variable over 24 h); Programmed daily dose: 200 ug/d; Flow rate: 0.4 mL/d; ' +
      'Flex step: 06:00–18:00 120 ug; Flex step: 18:00–06:00 80 ug; Drug beside baclofen: clonidine 150 ug/mL; ' +
      'Drug concentration: 500 ug/mL',
  ]);
});

test('a pump that was stopped before says so and no dose', () => {
  expect(changeAfter({ mode: 'stopped' })).toEqual(['Programme before, as reported: Infusion mode: Stopped']);
});

test('where no programme before was reported, none is noted', () => {
  expect(changeAfter(null)).toBeUndefined();
});
