/** A description of our HTTP interface (OpenAPI 3.1), put together from what each part of it says of itself. */

export interface Section {
  readonly tag: { readonly name: string; readonly description: string };
  /** By path below the server's address; `{name}` is a variable. */
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;
  /** Where these paths stand, if not with all others. */
  readonly servers?: readonly ServerAddress[];
  /** What its operations refer to as `#/components/schemas/…`. */
  readonly schemas?: Readonly<Record<string, object>>;
}

export type Method = 'get' | 'post' | 'put' | 'delete';

export interface Operation {
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  /** Media type and schema of what is sent. */
  readonly body?: Readonly<Record<string, object>>;
  /** Media type of the answer that succeeds. */
  readonly answers: string;
  /** Its schema, where it is described. */
  readonly schema?: object;
  /** Other answers, by status. */
  readonly otherwise?: Readonly<Record<number, Otherwise>>;
  /** Ways to be let in, of which one is enough; none: it is open to all. */
  readonly access: readonly Way[];
}

export type Way = 'token' | 'session' | 'senderToken' | 'clientCertificate' | 'webhookSignature';

export interface Otherwise {
  readonly description: string;
  /** Left out: an OperationOutcome. */
  readonly answers?: string;
  readonly schema?: object;
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

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly ServerAddress[];
  readonly tags: readonly Section['tag'][];
  readonly paths: Readonly<Record<string, object>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<Way, object>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
}

export function openApi(
  { version, servers }: { readonly version: string; readonly servers: readonly ServerAddress[] },
  sections: readonly Section[],
): OpenApiDocument {
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
        senderToken: { type: 'http', scheme: 'bearer', description: 'An access token of a configured sender.' },
        clientCertificate: { type: 'mutualTLS', description: 'The certificate of a configured sender.' },
        webhookSignature: {
          ...{ type: 'apiKey', in: 'header', name: 'webhook-signature' },
          description: 'Signed as Standard Webhooks 1.0.0 says, with webhook-id and webhook-timestamp.',
        },
      },
      schemas: {
        ...Object.assign({}, ...sections.map(({ schemas }) => schemas ?? {})),
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
  { summary, parameters = [], body, answers, schema, otherwise = {}, access }: Operation,
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
      200: { description: 'As asked.', content: { [answers]: schema ? { schema } : {} } },
      ...mapValues(otherwise, otherwiseObject),
      default: {
        description: 'Why it was not answered.',
        content: { 'application/fhir+json': { schema: { $ref: '#/components/schemas/OperationOutcome' } } },
      },
    },
  };
}

const otherwiseObject = ({ description, answers = 'application/fhir+json', schema }: Otherwise) => ({
  description,
  content: { [answers]: { schema: schema ?? { $ref: '#/components/schemas/OperationOutcome' } } },
});

const parameterObject = ({ schema = { type: 'string' }, ...parameter }: Partial<Parameter>) => ({
  ...parameter,
  required: parameter.in === 'path',
  schema,
});

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
