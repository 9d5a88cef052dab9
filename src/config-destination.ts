import { existsSync } from 'node:fs';
import { z } from 'zod';
import { presetNames } from './destination-presets.ts';
import { hostOf, isAllowEntry, isRefusedAddress } from './outgoing/address-policy.ts';
import type { BreakerSettings } from './outgoing/circuit.ts';
import type { Throttle } from './outgoing/pace.ts';
import type { Destination } from './sync/destination.ts';
import { fact } from './sync/facts.ts';

/** What the configuration says of one destination: beyond what a run needs, how it is reached and by whom. */
export interface ConfiguredDestination extends Destination {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Private keys: in a file, or the text of an environment variable. Exactly one of them. See auth/keys.ts. */
  readonly signingKeysFile?: string | undefined;
  readonly signingKeyText?: string | undefined;
  /** What this site asks for; the server's own limit counts where it is smaller. */
  readonly throttle?: Throttle | undefined;
  readonly breaker: BreakerSettings;
  readonly tls: TlsFiles;
  /** CIDR ranges, addresses and host names inside the hospital's network that may be reached. */
  readonly allowAddresses: readonly string[];
  readonly maxAnswerBytes: number;
  /** Whether a new mapping waits for an operator before it changes what was already sent. */
  readonly release: 'manual' | 'automatic';
}

export interface TlsFiles {
  /** PEM. These certificates alone are trusted, in place of those of the system. */
  readonly caFile?: string | undefined;
  /** PEM: who we are, where the hospital asks for a client certificate. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** How tenants and destinations are named. */
export const tenantName = /^[a-z0-9][a-z0-9-]*$/;

export const name = z.string().regex(tenantName, 'lower-case letters, digits and hyphens');

const text = z.string().min(1);

/** What may be reached inside the network. */
export const allowAddresses = z
  .array(z.string().refine(isAllowEntry, 'a CIDR range, an address or the name of a host'))
  .default([]);

const evidence = z.strictObject({ evidence: text, on: z.iso.date() });

const codeSubstitution = z.strictObject({
  from: z.strictObject({ system: text, code: text }),
  to: z.strictObject({ system: text, code: text, display: text.optional() }),
});

/** HD and the names of applications: what would end a field of a message early is refused. */
const hl7Name = text.regex(/^[^|^~\\&\r\n]+$/, 'without the delimiters of HL7 v2');

const hl7v2 = z.strictObject({
  transport: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('http'), url: z.url({ protocol: /^https?$/ }) }),
    z.strictObject({
      kind: z.literal('mllp'),
      host: text,
      port: z.int().min(1).max(65535),
      tls: z.boolean().default(true),
    }),
  ]),
  sendingApplication: hl7Name.default('ITB-FHIR'),
  sendingFacility: hl7Name,
  receivingApplication: hl7Name,
  receivingFacility: hl7Name,
  version: z.enum(['2.3', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.8']).default('2.5.1'),
  assigningAuthorities: z.record(text, hl7Name),
});

const projection = z.strictObject({
  discrete: evidence.optional(),
  fills: z.enum(['administration', 'procedure']).default('administration'),
  codeSubstitutions: z.array(codeSubstitution).default([]),
  pdf: z.boolean().default(false),
  hl7v2: hl7v2.optional(),
});

const throttle = z.strictObject({
  requestsPerSecond: z.number().positive().max(1000),
  /** Requests that may follow each other at once after a silence. */
  burst: z.int().min(1).max(1000).default(1),
});

/** Numbers of ours, without a source: they cost a hospital that is down a request every few minutes. */
const breaker = z.strictObject({
  failures: z.int().min(1).max(1000).default(5),
  firstWaitMs: z.int().min(1).default(5_000),
  longestWaitMs: z.int().min(1).default(300_000),
});

const tls = z
  .strictObject({ caFile: text.optional(), certFile: text.optional(), keyFile: text.optional() })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    error: 'certFile and keyFile are given together, or neither',
  });

export const destinationConfig = z
  .strictObject({
    name,
    tenant: name.default('default'),
    environment: z.enum(['live', 'test']),
    fhirBaseUrl: z.url(),
    preset: name.optional(),
    facts: z.array(fact).default([]),
    clientId: text,
    signingKeysFile: text.optional(),
    signingKey: z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'the name of a variable') }).optional(),
    scopes: z.array(text).min(1).optional(),
    patientIdentifierSystems: z.record(text, text),
    patientSearch: z.enum(['post', 'get']).default('post'),
    /** Source systems that are this hospital's own: what they report is not written back to it. */
    notFrom: z.array(text).default([]),
    projection: projection.prefault({}),
    drift: z.enum(['ours', 'theirs', 'review']).default('review'),
    release: z.enum(['manual', 'automatic']).default('manual'),
    maxEntries: z.int().min(1).max(1000).default(200),
    maxAnswerBytes: z.int().min(1_000).default(50_000_000),
    requestTimeoutMs: z.int().min(100).default(30_000),
    concurrency: z.int().min(1).max(64).default(4),
    throttle: throttle.optional(),
    breaker: breaker.prefault({}),
    tls: tls.prefault({}),
    allowAddresses,
  })
  .refine((one) => (one.signingKeysFile === undefined) !== (one.signingKey === undefined), {
    error: 'either signingKeysFile or signingKey names the private key',
    path: ['signingKeysFile'],
  });

export type DestinationFile = z.output<typeof destinationConfig>;

/** SMART v2 scopes of everything that may be written somewhere: least privilege, no delete. */
const defaultScopes = [
  'system/Patient.rs',
  'system/AdverseEvent.crus',
  'system/CarePlan.crus',
  'system/Device.crus',
  'system/DocumentReference.crus',
  'system/Medication.crus',
  'system/MedicationAdministration.crus',
  'system/MedicationRequest.crus',
  'system/MedicationStatement.crus',
  'system/Observation.crus',
  'system/Procedure.crus',
  'system/Provenance.crs',
];

/** Where a destination is configured: its files, the environment, the presets. */
export interface Surroundings {
  /** Relative paths in the file are relative to the file. */
  at(path: string): string;
  readonly env: NodeJS.ProcessEnv;
  readonly mappingsDir: string;
}

/** Why a destination cannot be used that is well-formed, in a sentence for the operator; undefined: it can. */
export function unusable(one: DestinationFile, { at, env, mappingsDir }: Surroundings): string | undefined {
  const { name, preset, signingKey } = one;
  const files = Object.entries({ signingKeysFile: one.signingKeysFile, ...one.tls });
  const [missing] = files.filter(([, path]) => path !== undefined && !existsSync(at(path)));
  if (missing) return `there is no ${missing[0]} ${at(missing[1] as string)}.`;
  if (signingKey && !env[signingKey.env]) {
    return `the key of the destination ${name} is in the variable ${signingKey.env}, which is not set.`;
  }
  const presets = preset === undefined ? [] : presetNames(mappingsDir);
  if (preset !== undefined && !presets.includes(preset)) {
    return `the destination ${name} names the preset ${preset}. There are: ${presets.join(', ')}.`;
  }
  const rules = { allow: one.allowAddresses, baseUrl: one.fhirBaseUrl };
  const refused = hostsOf(one).find(({ host }) => isRefusedAddress(rules, host));
  return (
    refused && `the ${refused.what} of the destination ${name} is not public. Add it to allowAddresses, if it is meant.`
  );
}

function hostsOf({ fhirBaseUrl, projection }: DestinationFile): readonly { what: string; host: string }[] {
  const base = { what: 'address', host: hostOf(fhirBaseUrl) };
  const transport = projection.hl7v2?.transport;
  if (!transport) return [base];
  return [base, { what: 'interface engine', host: transport.kind === 'mllp' ? transport.host : hostOf(transport.url) }];
}

/** What the file says as the process uses it; `more`: scopes of what is written only because a site says so. */
export function configuredDestination(
  { signingKey, ...one }: DestinationFile,
  { at, env }: Pick<Surroundings, 'at' | 'env'>,
  more: readonly string[],
): ConfiguredDestination {
  const absolute = (path: string | undefined) => (path === undefined ? undefined : at(path));
  const { caFile, certFile, keyFile } = one.tls;
  return {
    ...one,
    scopes: one.scopes ?? [...defaultScopes, ...more],
    signingKeysFile: absolute(one.signingKeysFile),
    signingKeyText: signingKey && env[signingKey.env],
    tls: { caFile: absolute(caFile), certFile: absolute(certFile), keyFile: absolute(keyFile) },
  };
}
