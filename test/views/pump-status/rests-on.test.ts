import type { CarePlan } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { nameOf, restsOn } from '../../../src/views/pump-status/rests-on.ts';
import { implant, statusOf } from './status-of.ts';

const plan = (id: string, status: CarePlan['status'], created: string): CarePlan => ({
  ...{ resourceType: 'CarePlan', id, status, intent: 'plan', created },
  subject: { reference: 'Patient/patient' },
});

it('a status rests on the care plan of its time, whatever became of it since', () => {
  const plans = [plan('second', 'active', '2024-05-10'), plan('first', 'revoked', '2024-04-10T09:00:00-04:00')];
  const at = (instant: string) => restsOn(statusOf([implant], { at: instant }), plans).map(nameOf);
  expect(at('2024-04-10T12:59:59Z')).toEqual([]);
  expect(at('2024-04-10T13:00:00Z')).toEqual(['CarePlan/first']);
  expect(at('2024-05-11T00:00:00Z')).toEqual(['CarePlan/second']);
});
