import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';
import { assertionAlgorithms } from './client-assertion.ts';
import { searchParametersOf } from './search-parameters.ts';
import { interactionsOf, type ServedType, servedTypes } from './served-types.ts';

export interface Endpoints {
  fhirBaseUrl: string;
  issuer: string;
  tokenUrl: string;
  jwksUri: string;
}

/** What the sandbox does, and nothing that it does not do. `date` is the instant of its start. */
export function capabilityStatement({ fhirBaseUrl }: Endpoints, date: string): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'itb-fhir-sandbox' },
    implementation: { description: 'Sandbox hospital for tests and demonstrations', url: fhirBaseUrl },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        security: { service: [{ coding: [{ system: smartService, code: 'SMART-on-FHIR' }] }] },
        resource: servedTypes.map(restResource),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
      },
    ],
  };
}

const smartService = 'http://terminology.hl7.org/CodeSystem/restful-security-service';

function restResource(type: ServedType): CapabilityStatementRestResource {
  const interactions = interactionsOf(type);
  const writes = interactions.includes('create');
  return {
    type,
    interaction: interactions.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: writes,
    conditionalUpdate: writes,
    conditionalDelete: 'not-supported',
    referencePolicy: ['literal', 'local', 'enforced'],
    searchParam: searchParametersOf(type).map(({ name, type: kind }) => ({ name, type: kind })),
  };
}

/** `.well-known/smart-configuration` (SMART App Launch 2.2) of a hospital without apps: no authorize endpoint. */
export function smartConfiguration({ issuer, jwksUri, tokenUrl }: Endpoints) {
  return {
    issuer,
    jwks_uri: jwksUri,
    token_endpoint: tokenUrl,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    grant_types_supported: ['client_credentials'],
    scopes_supported: servedTypes.map((type) => `system/${type}.${type === 'Patient' ? 'rs' : 'cruds'}`),
    capabilities: ['client-confidential-asymmetric', 'permission-v2', 'permission-v1'],
  };
}
