/** A description of our HTTP interface (OpenAPI 3.1), put together from what each part of it says of itself. */

export interface Section {
  readonly tag: { readonly name: string; readonly description: string };
  /** By path below the server's address; `{name}` is a variable. */
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;
  /** Where these paths stand, if not with all others. */
  readonly servers?: readonly ServerAddress[];
}

export type Method = 'get' | 'post' | 'put' | 'delete';

export interface Operation {
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  /** Media type and schema of what is sent. */
  readonly body?: Readonly<Record<string, object>>;
  /** Media type of the answer that succeeds. */
  readonly answers: string;
  /** Ways to be let in, of which one is enough; none: it is open to all. */
  readonly access: readonly ('token' | 'session')[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description?: string;
  readonly schema?: object;
}

export interface ServerAddress {
  readonly url: string;
  readonly variables?: Readonly<Record<string, { readonly default: string; readonly enum?: readonly string[] }>>;
}

export function openApi(
  { version, servers }: { readonly version: string; readonly servers: readonly ServerAddress[] },
  sections: readonly Section[],
): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'itb-fhir-adapter',
      version,
      description: 'Intrathecal baclofen pump therapy as FHIR R4. Not an alarm or monitoring system.',
    },
    servers,
    tags: sections.map(({ tag }) => tag),
    paths: Object.fromEntries(sections.flatMap(pathsOf)),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An access token with SMART scopes.' },
        session: { type: 'apiKey', in: 'cookie', name: 'session', description: 'Signed in by OpenID Connect.' },
      },
      schemas: {
        OperationOutcome: {
          type: 'object',
          required: ['resourceType', 'issue'],
          properties: { resourceType: { const: 'OperationOutcome' }, issue: { type: 'array', minItems: 1 } },
        },
      },
    },
  };
}

function pathsOf({ tag, paths, servers }: Section): [string, object][] {
  return Object.entries(paths).map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, operation]) => [
      method,
      operationObject(operation, { path, method, tag: tag.name }),
    ]);
    return [path, { ...(servers && { servers }), ...Object.fromEntries(operations) }];
  });
}

function operationObject(
  { summary, parameters = [], body, answers, access }: Operation,
  { path, method, tag }: { path: string; method: string; tag: string },
): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path' as const }));
  const all = [...inPath.filter(({ name }) => !parameters.some((one) => one.name === name)), ...parameters];
  return {
    operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(access.length > 0 && { security: access.map((way) => ({ [way]: [] })) }),
    ...(all.length > 0 && { parameters: all.map(parameterObject) }),
    ...(body && { requestBody: { content: mapValues(body, (schema) => ({ schema })) } }),
    responses: {
      200: { description: 'As asked.', content: { [answers]: {} } },
      default: {
        description: 'Why it was not answered.',
        content: { 'application/fhir+json': { schema: { $ref: '#/components/schemas/OperationOutcome' } } },
      },
    },
  };
}

const parameterObject = ({ schema = { type: 'string' }, ...parameter }: Partial<Parameter>) => ({
  ...parameter,
  required: parameter.in === 'path',
  schema,
});

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
