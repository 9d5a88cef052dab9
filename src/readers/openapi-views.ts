import type { Operation, Parameter, Section } from './openapi.ts';

/** What OpenAPI says of everything that is read beside the FHIR API. */

const json = 'application/json';
const fhirJson = 'application/fhir+json';
const at: Parameter = { name: 'at', in: 'query', description: 'An instant with its offset; else now.' };

const reading = (summary: string, more: Partial<Operation> = {}): Operation => ({
  ...{ summary, answers: json, access: ['token'], ...more },
});

export const statusSection: Section = {
  tag: {
    name: 'Status',
    description: 'What a pump does, as compact JSON: what runs, how much is left, how sure we are.',
  },
  paths: {
    '/status': { get: reading('Status of the patient of the token', { parameters: [at] }) },
    '/status/{patient}': { get: reading('Status of one patient', { parameters: [at] }) },
    '/status/{patient}/course': { get: reading('How the therapy went, for charts', { parameters: [at] }) },
    '/status/schema/v1.json': { get: reading('JSON Schema of a status', schema()) },
    '/status/course-schema/v1.json': { get: reading('JSON Schema of a course', schema()) },
  },
};

function schema(): Partial<Operation> {
  return { access: [], answers: 'application/schema+json' };
}

/** Where we issue tokens ourselves. */
export const tokenSection: Section = {
  tag: { name: 'Tokens', description: 'SMART Backend Services, and the exchange of an EHR launch.' },
  paths: {
    '/token': {
      post: { summary: 'Get an access token', answers: json, access: [], body: form('grant_type', 'scope') },
    },
    '/introspect': { post: reading('Whether a token of ours is active (RFC 7662)', { body: form('token') }) },
  },
};

export const cardsSection: Section = {
  tag: { name: 'CDS Hooks', description: 'Cards for the EHR (CDS Hooks 2.0).' },
  paths: {
    '/cds-services': { get: reading('The services', { access: [] }) },
    '/cds-services/{service}': {
      post: reading('Cards for one moment in the EHR', { body: { [json]: { type: 'object' } } }),
    },
    '/cds-services/{service}/feedback': {
      post: reading('What became of cards', { body: { [json]: { type: 'object' } } }),
    },
  },
};

/** The board and the sign-in to it. Without a sign-in it is open to this machine alone. */
export function boardSection(people: 'sign-in' | 'this-machine'): Section {
  const session: Operation['access'] = people === 'sign-in' ? ['session'] : [];
  const either: Operation['access'] = people === 'sign-in' ? ['session', 'token'] : [];
  const page = (summary: string) => reading(summary, { access: session, answers: 'text/html' });
  return {
    tag: { name: 'Board', description: 'The patients of a clinic and when their pumps are due.' },
    paths: {
      '/board': { get: page('The board as a page') },
      '/board/find': { post: { ...page('Find a patient'), body: form() } },
      '/board/patients/{patient}': { get: page('One patient') },
      '/board/patients/{patient}/note': { post: { ...page('Keep a note beside a patient'), body: form() } },
      '/board/patients/{patient}/refill': { post: { ...page('Report a refill elsewhere'), body: form() } },
      '/board.csv': { get: reading('The board as a table', { access: session, answers: 'text/csv' }) },
      '/board.json': { get: reading('The board as JSON', { access: either }) },
      '/board.fhir': { get: reading('The board as a Bundle of Tasks', { access: either, answers: fhirJson }) },
      ...(people === 'sign-in' && {
        '/sign-in': { get: reading('Begin to sign in', { access: [], answers: 'text/html' }) },
        '/sign-out': { post: page('Sign out') },
      }),
    },
  };
}

export const appSection: Section = {
  tag: { name: 'App', description: 'The SMART app page, launched from an EHR.' },
  paths: {
    '/app/': { get: reading('The page', { access: [], answers: 'text/html' }) },
    '/app/launch': {
      get: reading('Where an EHR launches it', {
        ...{ access: [], answers: 'text/html' },
        parameters: ['iss', 'launch'].map((name) => ({ name, in: 'query' })),
      }),
    },
    '/app/configuration.json': { get: reading('What the page was configured with', { access: [] }) },
  },
};

export const processSection: Section = {
  tag: { name: 'Process', description: 'Whether the service runs, and its public keys.' },
  paths: {
    '/healthz': { get: reading('It is alive', { access: [] }) },
    '/readyz': { get: reading('Its store answers', { access: [] }) },
    '/metrics': { get: reading('Figures for Prometheus', { access: [], answers: 'text/plain' }) },
    '/.well-known/jwks.json': { get: reading('Public keys', { access: [] }) },
    '/openapi.json': { get: reading('This description', { access: [] }) },
    '/docs': { get: reading('This description as a page', { access: [], answers: 'text/html' }) },
  },
};

/** The fields that are required first. */
function form(...names: readonly string[]): Record<string, object> {
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  const named = names.length > 0 && { properties, required: names.slice(0, 1) };
  return { 'application/x-www-form-urlencoded': { type: 'object', ...named } };
}
