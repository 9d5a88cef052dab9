import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseScope } from './auth/scopes.ts';
import { allowAddresses, name } from './config-destination.ts';

/** Who may read here: the authorization servers whose tokens we believe, and the tokens that we issue ourselves. */

const text = z.string().min(1);

const environment = z.enum(['live', 'test']).default('live');

const introspection = z
  .strictObject({
    /** Left out: as the issuer's metadata says. */
    url: z.url().optional(),
    clientId: text,
    clientSecretFile: text.optional(),
    signingKeysFile: text.optional(),
  })
  .refine((one) => (one.clientSecretFile === undefined) !== (one.signingKeysFile === undefined), {
    error: 'either clientSecretFile or signingKeysFile says how we prove who asks',
  });

const exchange = z
  .strictObject({
    /** Our app as the EHR registered it: what an id_token has for its audience. */
    clientIds: z.array(text).min(1),
    /** Where the EHR's access token reads the patient of the launch, as a proof. */
    fhirBaseUrl: z.url().optional(),
    /** Its id_token says `patient`, and may only say the patient of the launch. */
    trustPatientClaim: z.boolean().default(false),
    scopes: z.array(text.refine(isPatientScope, 'a patient/ scope')).min(1).default(['patient/*.rs']),
    lifetimeSeconds: z.int().min(30).max(900).default(300),
  })
  .refine((one) => one.fhirBaseUrl !== undefined || one.trustPatientClaim, {
    error: 'fhirBaseUrl or trustPatientClaim says how the patient of a launch is proven',
  });

/** Where apps sign in that read here, for our SMART configuration, in the words of SMART App Launch. */
const smart = z.strictObject({
  authorizationEndpoint: z.url(),
  tokenEndpoint: z.url(),
  introspectionEndpoint: z.url().optional(),
  capabilities: z.array(text).min(1),
});

const issuer = z
  .strictObject({
    issuer: z.url(),
    tenant: name.default('default'),
    environment,
    audience: z.union([text, z.array(text).min(1)]).optional(),
    userReach: z.enum(['patient', 'tenant']).default('patient'),
    jwksUri: z.url().optional(),
    introspection: introspection.optional(),
    discover: z.boolean().default(false),
    patientIdsOf: name.optional(),
    exchange: exchange.optional(),
    smart: smart.optional(),
    allowAddresses,
  })
  .refine((one) => one.jwksUri !== undefined || one.discover || one.introspection?.url !== undefined, {
    error: 'jwksUri, introspection with its url, or discover says how its tokens are checked',
  })
  .refine((one) => one.exchange === undefined || one.jwksUri !== undefined || one.discover, {
    error: 'an exchange needs jwksUri or discover: an id_token is a signed one',
  })
  .refine((one) => one.exchange === undefined || one.patientIdsOf !== undefined, {
    error: 'an exchange needs patientIdsOf: the patient of a launch is named as the EHR names it',
  });

const client = z
  .strictObject({
    clientId: text,
    tenant: name.default('default'),
    environment,
    jwksUri: z.url().optional(),
    jwksFile: text.optional(),
    scopes: z.array(text.refine(isSystemScope, 'a system/ scope')).min(1),
    allowAddresses,
  })
  .refine((one) => (one.jwksUri === undefined) !== (one.jwksFile === undefined), {
    error: 'either jwksUri or jwksFile names its public keys',
  });

export const issuersConfig = z.array(issuer).default([]);

export const tokensConfig = z.strictObject({ signingKeysFile: text, clients: z.array(client).default([]) }).optional();

/** Of the part `server`: our address as others see it. */
export const publicUrl = z
  .url({ protocol: /^https?$/ })
  .transform((url) => url.replace(/\/+$/, ''))
  .optional();

export type IssuerFile = z.output<typeof issuersConfig>[number];
export type TokensFile = z.output<typeof tokensConfig>;

export interface ConfiguredIssuer extends Omit<IssuerFile, 'audience' | 'introspection'> {
  /** None: our FHIR bases of the tenant. */
  readonly audiences: readonly string[];
  readonly introspection?: Introspecting | undefined;
}

interface Introspecting {
  readonly url?: string | undefined;
  readonly clientId: string;
  /** Exactly one of them. */
  readonly clientSecret?: string | undefined;
  readonly signingKeysFile?: string | undefined;
}

export type ConfiguredTokens = NonNullable<TokensFile>;

/** What the file says as the process uses it. */
export function configuredIssuer(
  { audience, introspection: asked, ...one }: IssuerFile,
  at: (path: string) => string,
): ConfiguredIssuer {
  return {
    ...one,
    audiences: audience === undefined ? [] : [audience].flat(),
    ...(asked && { introspection: introspecting(asked, at) }),
  };
}

function introspecting(
  { url, clientId, clientSecretFile, signingKeysFile }: NonNullable<IssuerFile['introspection']>,
  at: (path: string) => string,
): Introspecting {
  return {
    url,
    clientId,
    clientSecret: clientSecretFile && readFileSync(at(clientSecretFile), 'utf8').trim(),
    signingKeysFile: signingKeysFile && at(signingKeysFile),
  };
}

export function configuredTokens(tokens: TokensFile, at: (path: string) => string): ConfiguredTokens | undefined {
  return (
    tokens && {
      signingKeysFile: at(tokens.signingKeysFile),
      clients: tokens.clients.map((one) => ({ ...one, jwksFile: one.jwksFile && at(one.jwksFile) })),
    }
  );
}

function isPatientScope(scope: string): boolean {
  return parseScope(scope)?.level === 'patient';
}

function isSystemScope(scope: string): boolean {
  return parseScope(scope)?.level === 'system';
}
