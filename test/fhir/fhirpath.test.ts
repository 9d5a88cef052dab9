import { join } from 'node:path';
import { evalFhirPathTyped, type FhirPathAtom, parseFhirPath, type TypedValue } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { definitions } from '../../src/fhir/definitions.ts';
import { parseExpression } from '../../src/fhir/fhirpath.ts';
import { loadDefinitions } from '../../src/fhir/validate.ts';
import { changed, examples, root } from './examples.ts';
import { spoiled } from './spoiled.ts';

loadDefinitions(join(root, 'profiles'));

/** Types and values, without the path that only the engine of @medplum/core writes. */
function answer(expression: FhirPathAtom, resource: Resource): readonly TypedValue[] | 'no answer' {
  const typed = { type: resource.resourceType, value: resource };
  const variables = { '%resource': typed, '%rootResource': typed, '%context': typed };
  try {
    return evalFhirPathTyped(expression, [typed], variables).map(({ type, value }) => ({ type, value }));
  } catch {
    return 'no answer';
  }
}

const ask = (text: string, resource: Resource) => answer(parseExpression(text), resource);
const askMedplum = (text: string, resource: Resource) => answer(parseFhirPath(text), resource);

function rulesFor(resourceType: string): string[] {
  const { profiles, usCore, schemas } = definitions();
  const ofType = [...profiles.values(), ...usCore.values()].filter((it) => it.resourceType === resourceType);
  const invariants = [schemas.get(resourceType), ...ofType.map(({ schema }) => schema)].flatMap(
    (schema) => schema?.invariants ?? [],
  );
  return [...new Set(invariants.map(({ expression }) => expression.original))];
}

describe('every rule gives the answer that the engine of @medplum/core gives', () => {
  const agreeOn = (resources: readonly Resource[]) => {
    for (const resource of resources) {
      for (const rule of rulesFor(resource.resourceType)) {
        expect(ask(rule, resource), rule).toEqual(askMedplum(rule, resource));
      }
    }
  };

  test('about valid resources', () => agreeOn([...examples.values()]));

  test('about broken ones', () => agreeOn(spoiled.map(({ example, change }) => changed(example, change))));
});

describe('a member of a value', () => {
  const dose: Resource = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'Daily dose' },
    valueQuantity: { value: 210, unit: 'ug/d' },
    component: [
      { code: { text: 'since' }, valueDateTime: '2024-06-25' },
      { code: { text: 'mode' }, valueString: 'flex' },
    ],
  };

  test('of a choice of types has the type that was chosen', () => {
    expect(ask('value', dose)).toEqual([{ type: 'Quantity', value: { value: 210, unit: 'ug/d' } }]);
    expect(ask('component.value', dose)).toEqual([
      { type: 'dateTime', value: '2024-06-25' },
      { type: 'string', value: 'flex' },
    ]);
    expect(ask('component.value.ofType(dateTime)', dose)).toEqual([{ type: 'dateTime', value: '2024-06-25' }]);
  });

  test('may be named behind the type of the resource, and only behind that', () => {
    expect(ask('Observation.status', dose)).toEqual([{ type: 'code', value: 'final' }]);
    expect(ask('Patient.status', dose)).toEqual([]);
  });

  test('that is absent, or that the type does not have, is nothing', () => {
    expect(ask('note', dose)).toEqual([]);
    expect(ask('status.nothing', dose)).toEqual([]);
    expect(ask('nothing', dose)).toEqual([]);
  });

  test('with no content is nothing', () => {
    expect(ask('method', { ...dose, method: {} })).toEqual([]);
    expect(ask('note', { ...dose, note: [] })).toEqual([]);
  });

  test('that the definitions do not know is still found, without what null stands for', () => {
    const unknown = { ...dose, later: [null, 'a word'] } as Resource;
    expect(ask('later', unknown)).toEqual([{ type: 'string', value: 'a word' }]);
  });

  test('keeps the extensions that stand beside a primitive', () => {
    const extension = [{ url: 'https://w3id.org/itb-fhir/StructureDefinition/time-precision', valueCode: 'day' }];
    const patient = { resourceType: 'Patient', birthDate: '1970-01-01', _birthDate: { extension } } as Resource;
    const text = 'birthDate.extension.value';
    expect(ask(text, patient)).toEqual(askMedplum(text, patient));
    expect(ask(text, patient)).toEqual([{ type: 'code', value: 'day' }]);
  });

  test('that is a resource has the type of that resource', () => {
    const within: Resource = { ...dose, contained: [{ resourceType: 'Patient', id: 'p', gender: 'female' }] };
    expect(ask('contained.gender', within)).toEqual([{ type: 'code', value: 'female' }]);
    expect(ask('contained', within)).toEqual([{ type: 'Patient', value: within.contained?.[0] }]);
  });
});

test('a text that is no expression is refused', () => {
  expect(() => parseExpression('status = = 1')).toThrow('Parse error');
});
