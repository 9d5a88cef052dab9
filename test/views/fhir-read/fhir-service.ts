import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { ConfigFile } from '../../../src/config.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from '../../auth/token-issuer.ts';
import { type StoryName, startTestService, storyText, type TestService } from '../../http/test-service.ts';

/** The real service with the FHIR API, and an authorization server that it trusts. */
export interface FhirService {
  readonly service: TestService;
  /** FHIR base of the one tenant. */
  readonly base: string;
  /** The patient's keyed id, after the story has been sent. */
  tell(story: StoryName): Promise<string>;
  token(scope: string, claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** One request; `scope` is that of its token, or none is sent. */
  ask(path: string, asked?: Asked): Promise<Answer>;
  close(): Promise<void>;
}

export interface Asked {
  readonly scope?: string;
  readonly patient?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** As parsed; an OperationOutcome where the status says so. */
  readonly body: Body;
}

/** Whatever came, by the members that tests look at. */
export interface Body extends Pick<Bundle, 'total' | 'link' | 'entry'>, Pick<OperationOutcome, 'issue'> {
  readonly resourceType: string;
  readonly id: string;
  readonly type: string;
}

export const storyNow = '2024-05-01T12:00:00Z';

export async function startFhirService(
  file: ConfigFile = {},
  now = storyNow,
  more: (ours: ReturnType<typeof trusted>) => ConfigFile = () => ({}),
): Promise<FhirService> {
  const issuer = await startTokenIssuer();
  const key = await issuer.newKey('ES384');
  issuer.publish(key);
  const service = await startTestService({ issuers: [trusted(issuer)], ...file, ...more(trusted(issuer)) }, now);
  const base = `${service.url}/fhir`;
  const token = tokens(issuer, key, base, now);
  return {
    ...{ service, base, token },
    async tell(story) {
      const { body } = await service.post(await storyText(story), 'application/x-ndjson');
      return body.events[0]?.patient as string;
    },
    async ask(path, { scope, patient, method = 'GET', headers, body } = {}) {
      const bearer = scope && {
        authorization: `Bearer ${await token(scope, patient === undefined ? {} : { patient })}`,
      };
      const url = path.startsWith('http') ? path : `${base}/${path}`;
      const response = await fetch(url, { method, headers: { ...bearer, ...headers }, ...(body && { body }) });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: text === '' ? undefined : JSON.parse(text),
      };
    },
    async close() {
      await service.close();
      await issuer.close();
    },
  };
}

/** The stories are about patients of tests. */
export const trusted = (issuer: TokenIssuer) => ({
  ...{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, environment: 'test' as const },
  allowAddresses: ['127.0.0.1'],
});

function tokens(issuer: TokenIssuer, key: IssuerKey, audience: string, now: string) {
  const issuedAt = Math.floor(Temporal.Instant.from(now).epochMilliseconds / 1000);
  return (scope: string, claims: Readonly<Record<string, unknown>> = {}) =>
    issuer.sign(key, {
      ...{ iss: issuer.issuer, sub: 'nurse', client_id: 'bedside', aud: audience, scope },
      ...{ iat: issuedAt, exp: issuedAt + 300, ...claims },
    });
}

/** The resources of a page that match. */
export const matches = <R extends Resource>({ body }: Answer): R[] =>
  (body.entry ?? []).flatMap(({ resource, search }) => (search?.mode === 'match' ? [resource as R] : []));
