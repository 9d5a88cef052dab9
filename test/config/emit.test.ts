import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFrom } from '../../src/config.ts';

function configured(content: object) {
  const folder = mkdtempSync(join(tmpdir(), 'itb-emit-'));
  writeFileSync(join(folder, 'keys.json'), '{"keys":[]}');
  const destination = {
    name: 'hospital',
    environment: 'test',
    fhirBaseUrl: 'https://fhir.hospital.test/r4',
    clientId: 'itb',
    signingKeysFile: 'keys.json',
    patientIdentifierSystems: { 'urn:mrn': 'urn:mrn' },
  };
  return configFrom({ destinations: [destination], ...content }, folder);
}

const scopesOf = (content: object) => configured(content).destinations[0]?.scopes ?? [];

describe('lists that clinicians keep', () => {
  it('are left alone until the site names them', () => {
    expect(configured({}).emit).toEqual({ condition: false, flag: false, allergy: false });
    expect(configured({ emit: { flag: true } }).emit).toEqual({ condition: false, flag: true, allergy: false });
    expect(() => configured({ emit: { diagnosis: true } })).toThrow(/emit/);
  });

  it('are in the scopes only where they are written', () => {
    const asked = (emit: object) => scopesOf({ emit }).filter((scope) => /Condition|Flag|Allergy/.test(scope));
    expect(asked({})).toEqual([]);
    expect(asked({ condition: true })).toEqual(['system/Condition.crus']);
    expect(asked({ flag: true })).toEqual(['system/Flag.crus']);
    expect(asked({ allergy: true })).toEqual(['system/AllergyIntolerance.crus']);
  });
});

describe('the scopes of a destination', () => {
  it('cover what is always written, and allow no delete', () => {
    const scopes = scopesOf({});
    expect(scopes).toEqual(
      expect.arrayContaining([
        'system/AdverseEvent.crus',
        'system/CarePlan.crus',
        'system/MedicationStatement.crus',
        'system/Observation.crus',
      ]),
    );
    expect(scopes.filter((scope) => /\.[a-z]*d/.test(scope))).toEqual([]);
  });
});
