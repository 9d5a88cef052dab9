import { readFileSync } from 'node:fs';
import type { CodeSystem } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { problemCodes } from '../../src/event/problem.ts';
import { itb } from '../../src/fhir/systems.ts';

test('every problem code is published, with what to do as its definition', () => {
  const path = new URL('../../profiles/generated/CodeSystem-itb-problem.json', import.meta.url);
  const published = JSON.parse(readFileSync(path, 'utf8')) as CodeSystem;
  const concepts = published.concept ?? [];
  expect(published.url).toBe(itb.problem);
  expect(Object.fromEntries(concepts.map(({ code, definition }) => [code, definition]))).toEqual(problemCodes);
});
