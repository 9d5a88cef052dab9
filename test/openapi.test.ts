import { describe, expect, test } from 'vitest';
import { openApi, type Section } from '../src/readers/openapi.ts';
import { boardSection, tokenSection } from '../src/readers/openapi-views.ts';

const root = { url: 'https://adapter.test' };
const refills: Section = {
  tag: { name: 'Refills', description: 'What was refilled.' },
  paths: {
    '/refills/{patient}': {
      get: {
        summary: 'Refills of one patient',
        answers: 'application/json',
        access: ['token'],
        parameters: [{ name: 'at', in: 'query' }],
      },
      post: {
        summary: 'Report one',
        answers: 'text/html',
        access: ['session', 'token'],
        body: { 'text/plain': { type: 'string' } },
      },
    },
  },
};

interface Described {
  readonly paths: Record<string, Record<string, Record<string, unknown>>>;
  readonly tags: readonly object[];
}

const described = (...sections: readonly Section[]) =>
  openApi({ version: '1.2.3', servers: [root] }, sections) as Described;

describe('an OpenAPI description', () => {
  test('says what it is, and what its parts are', () => {
    expect(described(refills)).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'itb-fhir-adapter', version: '1.2.3' },
      servers: [root],
      tags: [{ name: 'Refills', description: 'What was refilled.' }],
    });
  });

  test('of an operation has its variables, what it may be asked with, and who is let in', () => {
    expect(described(refills).paths['/refills/{patient}']?.get).toEqual({
      operationId: 'getRefillsPatient',
      tags: ['Refills'],
      summary: 'Refills of one patient',
      security: [{ token: [] }],
      parameters: [
        { name: 'patient', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'at', in: 'query', required: false, schema: { type: 'string' } },
      ],
      responses: {
        200: { description: 'As asked.', content: { 'application/json': {} } },
        default: {
          description: 'Why it was not answered.',
          content: { 'application/fhir+json': { schema: { $ref: '#/components/schemas/OperationOutcome' } } },
        },
      },
    });
  });

  test('of an operation that is sent something says what', () => {
    expect(described(refills).paths['/refills/{patient}']?.post).toMatchObject({
      security: [{ session: [] }, { token: [] }],
      requestBody: { content: { 'text/plain': { schema: { type: 'string' } } } },
    });
  });

  test('keeps the address of a part that stands elsewhere', () => {
    const elsewhere = { ...refills, servers: [{ url: 'https://other.test' }] };
    const { paths } = described(elsewhere, tokenSection);
    expect(paths['/refills/{patient}']?.servers).toEqual([{ url: 'https://other.test' }]);
    expect(paths['/token']?.servers).toBeUndefined();
    expect(paths['/token']?.post?.security).toBeUndefined();
  });

  test('of the board says that it is open to this machine, or to who signed in', () => {
    const [open, signedIn] = [described(boardSection('this-machine')), described(boardSection('sign-in'))];
    expect([open.paths['/board']?.get?.security, open.paths['/sign-in']]).toEqual([undefined, undefined]);
    expect(signedIn.paths['/board']?.get?.security).toEqual([{ session: [] }]);
    expect(signedIn.paths['/board.json']?.get?.security).toEqual([{ session: [] }, { token: [] }]);
    expect(Object.keys(signedIn.paths['/sign-in'] ?? {})).toEqual(['get']);
  });
});
