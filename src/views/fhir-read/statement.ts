import type {
  CapabilityStatement,
  CapabilityStatementRestResource,
  CapabilityStatementRestSecurity,
} from '@medplum/fhirtypes';
import type { SmartDocument } from '../../auth/smart-configuration.ts';
import { definitions } from '../../fhir/definitions.ts';
import { commonParameters, parametersOf, type ServedType, servedTypes } from '../read-model/search-parameters.ts';
import { isOperation, operationDefinition, type Served, served } from './interactions.ts';
import type { FhirReadOptions } from './options.ts';
import { includesOf, revIncludesOf } from './stated-search.ts';

/** What this base serves, from the tables that serve it (FHIR R4 "capabilities"). Needs the definitions to be loaded. */
export function capabilityStatement(
  { base, statement, allowOrigins }: Pick<FhirReadOptions, 'base' | 'statement' | 'allowOrigins'>,
  smart: SmartDocument | undefined,
): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    url: `${base}/metadata`,
    version: statement.softwareVersion,
    name: 'ItbFhirAdapter',
    title: 'Intrathecal baclofen therapy, read by EHR apps',
    status: 'active',
    date: statement.date,
    description: 'The pump therapies that this deployment was told of. It is read only, and it is not an alarm system.',
    kind: 'instance',
    software: { name: 'itb-fhir-adapter', version: statement.softwareVersion },
    implementation: { description: 'itb-fhir-adapter', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        security: { ...security(smart), cors: allowOrigins.length > 0 },
        resource: servedTypes.map(restResource),
      },
    ],
  };
}

const smartService = 'http://terminology.hl7.org/CodeSystem/restful-security-service';
const oauthUris = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';

function security(smart: SmartDocument | undefined): CapabilityStatementRestSecurity {
  const { authorization_endpoint: authorize, token_endpoint: token, introspection_endpoint: introspect } = smart ?? {};
  const endpoints = Object.entries({ authorize, token, introspect }).flatMap(([url, valueUri]) =>
    valueUri === undefined ? [] : [{ url, valueUri }],
  );
  return {
    ...(endpoints.length > 0 && { extension: [{ url: oauthUris, extension: endpoints }] }),
    service: [{ coding: [{ system: smartService, code: 'SMART-on-FHIR' }] }],
    description: 'A bearer token of an issuer that is configured here; SMART App Launch 2 scopes, v1 and v2.',
  };
}

function restResource(type: ServedType): CapabilityStatementRestResource {
  const here = served.filter(({ types }) => types.includes(type));
  const includes = includesOf(type);
  const operations = here.flatMap(({ code }) => (isOperation(code) ? code : []));
  return {
    type,
    supportedProfile: profilesOf(type),
    interaction: [...new Set(here.flatMap(interactionCode))].map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: false,
    conditionalRead: 'full-support',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    referencePolicy: ['literal'],
    ...(includes.length > 0 && { searchInclude: includes }),
    searchRevInclude: revIncludesOf(type),
    searchParam: [...commonParameters, ...parametersOf(type)].map(({ name, kind, definition }) => ({
      name,
      type: kind,
      definition: `http://hl7.org/fhir/SearchParameter/${definition}`,
    })),
    ...(operations.length > 0 && {
      operation: operations.map((name) => ({ name, definition: operationDefinition[name] })),
    }),
  };
}

type RestInteraction = NonNullable<NonNullable<CapabilityStatementRestResource['interaction']>[number]['code']>;

const interactionCode = ({ code }: Served): RestInteraction[] => (isOperation(code) ? [] : [code]);

/** Ours, and those of US Core that a resource of ours claims where it conforms. */
function profilesOf(type: ServedType): string[] {
  const { profiles, usCore } = definitions();
  const all = [...profiles.values(), ...usCore.values()];
  return all.filter(({ resourceType }) => resourceType === type).map(({ url }) => url);
}
