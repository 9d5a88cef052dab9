import type { Condition, Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { loadDefinitions, validate } from '../../src/fhir/validate.ts';
import { isWithdrawn } from '../../src/fhir/withdrawn.ts';
import { isRemovedByHand, withdrawn } from '../../src/sync/withdrawal.ts';
import { example, examples } from '../fhir/examples.ts';

const silent = ['AdverseEvent', 'Provenance'];
const others = [...examples].filter(([, { resourceType }]) => !silent.includes(resourceType)).map(([id]) => id);

beforeAll(() => {
  loadDefinitions('profiles');
});

describe('a withdrawn resource', () => {
  test.each(others)('%s says so, is valid, and keeps its identity', (id) => {
    const resource = example(id);
    const said = withdrawn(resource) as Resource & { identifier?: unknown };
    expect(isWithdrawn(resource)).toBe(false);
    expect(isWithdrawn(said)).toBe(true);
    expect(validate(said, { requireProfile: 'always' })).toEqual([]);
    expect([said.id, said.identifier]).toEqual([resource.id, (resource as { identifier?: unknown }).identifier]);
  });

  it('keeps what it said', () => {
    const { status: _, ...kept } = example('example-care-plan') as Resource & { status: string };
    expect(withdrawn(example('example-care-plan'))).toEqual({ ...kept, status: 'entered-in-error' });
  });

  it('of a condition has neither clinical status nor end, which R4 forbids beside it', () => {
    const resource = example('example-condition') as Condition;
    const { clinicalStatus: _status, abatementDateTime: _end, ...kept } = resource;
    expect(withdrawn(resource)).toEqual({
      ...kept,
      verificationStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'entered-in-error' }],
      },
    });
  });

  it('of an allergy says so by its verification', () => {
    expect(withdrawn(example('example-allergy'))).toMatchObject({
      verificationStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code: 'entered-in-error' },
        ],
      },
    });
    expect(withdrawn(example('example-allergy'))).not.toHaveProperty('clinicalStatus');
  });

  it.each(['example-adverse-event', 'example-provenance'])('%s has no way to say so', (id) => {
    expect(withdrawn(example(id))).toBeUndefined();
  });
});

it('only an adverse event has to be removed by a human', () => {
  const types = [...new Set([...examples.values()].map(({ resourceType }) => resourceType))];
  expect(types.filter(isRemovedByHand)).toEqual(['AdverseEvent']);
});
