import { join } from 'node:path';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { type Finding, loadDefinitions, validate, validateBundle } from '../../src/fhir/validate.ts';
import { changed, example, examples, root } from './examples.ts';
import { spoiled } from './spoiled.ts';

const definitions = loadDefinitions(join(root, 'profiles'));

/** `invariant itb-route` for an invariant, else the code. */
function brief({ code, message }: Finding): string {
  return code === 'invariant' ? `invariant ${message.split(':')[0]}` : code;
}

describe('every example is valid', () => {
  test.each([...examples.keys()])('%s', (id) => {
    expect(validate(example(id), { requireProfile: 'always' })).toEqual([]);
  });

  test('and there is one for each profile', () => {
    const claimed = new Set([...examples.values()].flatMap((it) => it.meta?.profile ?? []));
    expect([...definitions.profiles.keys()].filter((url) => !claimed.has(url))).toEqual([]);
  });
});

describe('a void is valid: only the status changes, the content stays as it was', () => {
  const withStatus = [...examples].filter(([, resource]) => 'status' in resource).map(([id]) => id);

  test.each(withStatus)('%s', (id) => {
    expect(validate(changed(id, { status: 'entered-in-error' }))).toEqual([]);
  });
});

describe('a spoiled example is found', () => {
  test.each(spoiled)('$name', ({ example: id, change, finds }) => {
    expect(validate(changed(id, change)).map(brief)).toContain(finds);
  });

  test('in one way at least for each invariant of ours', () => {
    const keys = [...definitions.profiles.values()].flatMap((profile) =>
      profile.schema.invariants.map(({ key }) => key),
    );
    const ours = new Set(keys.filter((key) => key.startsWith('itb-')));
    const found = new Set(spoiled.map(({ finds }) => finds.replace('invariant ', '')));
    expect([...ours].filter((key) => !found.has(key))).toEqual([]);
  });

  test('under a name of its own', () => {
    const names = spoiled.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('a finding', () => {
  test('says where and which rule, and nothing that was sent', () => {
    const secret = 'Jane Roe 4711';
    const resource = changed('example-infusion', {
      status: secret,
      'dosage.method.coding.0.code': secret,
      'effectivePeriod.end': secret,
      'extension.0.valueCode': secret,
      'meta.profile.1': `https://w3id.org/itb-fhir/${secret}`,
      [secret]: secret,
    });
    const findings = validate(resource);
    expect(new Set(findings.map((it) => it.code))).toEqual(new Set(['profile', 'structure', 'invariant', 'binding']));
    expect(JSON.stringify(findings)).not.toContain('Jane');
  });

  test('reports every broken invariant, not only the first', () => {
    const resource = changed('example-infusion', { 'dosage.route': undefined, 'dosage.rateQuantity.code': 'mg/d' });
    const invariants = validate(resource).filter(({ code }) => code === 'invariant');
    expect(invariants.map(brief)).toEqual(['invariant itb-route', 'invariant itb-inf-rate']);
  });

  test('names the path in the resource type, whatever the profile', () => {
    const findings = validate(
      changed('example-procedure-refill', { 'focalDevice.0.action.coding.0.code': 'polished' }),
    );
    expect(findings.map((it) => it.expression)).toContain('Procedure.focalDevice[0].action');
  });
});

describe('profiles do not leak into each other', () => {
  test('the nested rules of a fill do not apply to a segment, nor the other way round', () => {
    const together = ['example-reservoir-fill', 'example-infusion', 'example-bolus', 'example-reservoir-fill'];
    expect(together.flatMap((id) => validate(example(id)))).toEqual([]);
  });

  test('a resource of a hospital is checked against R4 alone', () => {
    const foreign = {
      resourceType: 'MedicationAdministration',
      status: 'completed',
      medicationCodeableConcept: { text: 'paracetamol' },
      subject: { reference: 'Patient/1' },
      effectiveDateTime: '2024-06-25',
      dosage: { dose: { value: 1, unit: 'g', system: 'http://unitsofmeasure.org', code: 'g' } },
    };
    expect(validate(foreign)).toEqual([]);
    expect(validate(foreign, { requireProfile: 'always' }).map(brief)).toEqual(['profile']);
  });

  test('a Patient needs no profile of ours', () => {
    const patient = { resourceType: 'Patient', gender: 'female', birthDate: '2011-02' };
    expect(validate(patient, { requireProfile: 'always' })).toEqual([]);
    expect(validate({ ...patient, gender: 'f' }).map(brief)).toEqual(['binding']);
  });
});

describe('the structure of R4', () => {
  const patient = { resourceType: 'Patient' };

  test('has a place for what is known of a birth date that is not stated', () => {
    const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }];
    expect(validate({ ...patient, _birthDate: { extension } })).toEqual([]);
    expect(validate({ ...patient, name: [{ given: ['Ada', null], _given: [null, { extension }] }] })).toEqual([]);
  });

  test.each([
    ['a list that holds nothing', { name: [] }],
    ['an element that holds nothing', { name: [{}] }],
    ['null among the names', { name: [{ given: ['Ada', null] }] }],
    ['a name that is blank', { name: [{ family: '  ' }] }],
    ['a day that no calendar has', { birthDate: '2011-02-30' }],
    ['a flag in words', { active: 'yes' }],
    ['a rank of zero', { telecom: [{ value: '1', rank: 0 }] }],
    ['both answers to one question', { deceasedBoolean: false, deceasedDateTime: '2024' }],
    ['a picture that is not base64', { photo: [{ data: 'no base64!' }] }],
    ['extensions beside what is no primitive', { _name: { id: 'x' } }],
    ['a resource in the place of an element', { maritalStatus: { resourceType: 'CodeableConcept', text: 'x' } }],
    ['a contained resource of no type', { contained: [{ id: 'x' }] }],
    ['an extension without end', { extension: [nested(60)] }],
  ])('has no place for %s', (_, content) => {
    expect(validate({ ...patient, ...content }).map(brief)).toContain('structure');
  });

  test('asks that an Observation has either a value or the reason why there is none', () => {
    const both = { valueString: 'x', dataAbsentReason: { text: 'x' } };
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...both };
    expect(validate(observation).map(brief)).toEqual(['invariant obs-6']);
  });

  function nested(depth: number): object {
    return depth === 0 ? { url: 'x', valueString: 'x' } : { url: 'x', extension: [nested(depth - 1)] };
  }
});

describe('what is no resource', () => {
  test.each([
    null,
    7,
    'Device',
    [],
    {},
    { resourceType: 7 },
    { resourceType: 'Pump' },
    { resourceType: 'constructor' },
  ])('%j is a finding, not an exception', (value) => {
    expect(validate(value).map(brief)).toEqual(['structure']);
  });
});

describe('a Bundle', () => {
  const bundle = (...resources: Resource[]): Bundle => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map((resource) => ({ resource })),
  });

  test('of valid resources is valid', () => {
    expect(validateBundle(bundle(...examples.values()))).toEqual([]);
  });

  test('names the entry in which something is wrong', () => {
    const wrong = changed('example-procedure-refill', { 'focalDevice.0.action': undefined });
    const findings = validateBundle(bundle(example('example-pump'), wrong));
    expect(findings.map((it) => [it.code, it.expression])).toEqual([
      ['invariant', 'Bundle.entry[1].resource.ofType(Procedure)'],
      ['profile', 'Bundle.entry[1].resource.ofType(Procedure).focalDevice[0].action'],
    ]);
  });

  test('of a type that FHIR does not know is itself at fault', () => {
    expect(validateBundle({ ...bundle(example('example-pump')), type: 'box' as 'batch' }).map(brief)).toEqual([
      'binding',
    ]);
  });

  test('with something else among its entries is reported', () => {
    const entry = [{ resource: 'Device/1' }, { resource: { resourceType: 'Pump' } }];
    const findings = validateBundle({ resourceType: 'Bundle', type: 'collection', entry } as unknown as Bundle);
    expect(findings.map(brief)).toEqual(['structure', 'structure']);
  });
});
