import type { Observation } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { dependentsOf } from '../../../src/views/read-model/dependents.ts';

const naming = (identity: string, target?: string, optional?: readonly string[]) => ({
  identity,
  resource: {
    resourceType: 'Observation',
    ...(target && { focus: [{ reference: `urn:uuid:${target}` }] }),
  } as Observation,
  optional,
});

it('takes with it what needs it over several steps, in whatever order they stand', () => {
  const among = [naming('c', 'b'), naming('b', 'a'), naming('a'), naming('other')];
  expect([...dependentsOf(new Set(['a']), among)].sort()).toEqual(['a', 'b', 'c']);
});

it('leaves what can do without it', () => {
  expect([...dependentsOf(new Set(['a']), [naming('b', 'a', ['a']), naming('c', 'b')])]).toEqual(['a']);
});

it('of nothing is nothing', () => {
  expect(dependentsOf(new Set(), [naming('b', 'a')]).size).toBe(0);
});
