import { type Served, served } from '../views/fhir-read/interactions.ts';
import { resultParameters } from '../views/fhir-read/stated-search.ts';
import { commonParameters, parametersOf, type ServedType } from '../views/read-model/search-parameters.ts';
import type { Operation, Parameter, Section } from './openapi.ts';

/** The FHIR API as OpenAPI says it: from the tables that routes and CapabilityStatement are made of. */
export function fhirSection(): Section {
  const paths: Record<string, Record<string, Operation>> = {
    '/fhir/metadata': { get: open('What this server can do (CapabilityStatement)', fhirJson) },
    '/fhir/.well-known/smart-configuration': { get: open('How a client gets a token', 'application/json') },
  };
  for (const what of served) {
    for (const type of what.types) {
      const path = `/fhir${what.path.replace(':type', type).replaceAll(/:(\w+)/g, '{$1}')}`;
      const operations = what.methods.map((method) => [method, operationOf(what, type, method)]);
      paths[path] = { ...paths[path], ...Object.fromEntries(operations) };
    }
  }
  return { tag: { name: 'FHIR', description: 'The therapies as FHIR R4 resources, read only.' }, paths };
}

const fhirJson = 'application/fhir+json';

const open = (summary: string, answers: string): Operation => ({ summary, answers, access: [] });

const summaries: Readonly<Record<Served['code'], (type: ServedType) => string>> = {
  read: (type) => `One ${type} as it is now`,
  vread: (type) => `One ${type} as it was served once`,
  'history-instance': (type) => `Every version of one ${type}`,
  'search-type': (type) => `Search for ${type}`,
  everything: () => 'The whole therapy of one patient',
  'pump-status': (type) => (type === 'Device' ? 'Status of one pump' : 'Status of the pumps of one patient'),
};

function operationOf(what: Served, type: ServedType, method: 'get' | 'post'): Operation {
  const summary = summaries[what.code](type);
  const base = { summary, answers: fhirJson, access: ['token'] } as const;
  if (what.code === 'search-type') return { ...base, ...searched(type, method) };
  if (method === 'post') return { ...base, body: { [fhirJson]: { type: 'object' } } };
  return { ...base, parameters: (what.parameters ?? []).filter((name) => name !== '_page').map(inQuery) };
}

function searched(type: ServedType, method: 'get' | 'post'): Pick<Operation, 'parameters' | 'body'> {
  const names = [...commonParameters, ...parametersOf(type)].map(({ name }) => name);
  const all = [...names, ...resultParameters];
  if (method === 'get') return { parameters: all.map(inQuery) };
  const properties = Object.fromEntries(all.map((name) => [name, { type: 'string' }]));
  return { body: { 'application/x-www-form-urlencoded': { type: 'object', properties } } };
}

const inQuery = (name: string): Parameter => ({ name, in: 'query' });
