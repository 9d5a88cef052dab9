import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { isSecure } from './auth/secure-url.ts';
import { allowAddresses, name } from './config-destination.ts';

/**
 * Who may send events, and how each proves that it is the one: by a token of an authorization server, by a certificate
 * of its own, or by signing what it sends. A sender reports for one tenant, one environment, and what is named here.
 */

const text = z.string().min(1);

const secureAddress = z.url().refine((url) => isSecure(new URL(url)), 'https, or http on a loopback address');

/** Left out: the key set is found in what the issuer publishes. */
const bearer = z
  .strictObject({
    issuer: secureAddress,
    jwksUri: secureAddress.optional(),
    audience: z.union([text, z.array(text).min(1)]),
    /** `sub` of its tokens. */
    subject: text.optional(),
    /** `client_id` (or `azp`) of its tokens. */
    clientId: text.optional(),
    scope: z
      .string()
      .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'one scope')
      .default('itb/events.write'),
    allowAddresses,
  })
  .refine((one) => one.subject !== undefined || one.clientId !== undefined, {
    error: 'subject or clientId says whose tokens of this issuer they are',
  });

const clientCertificate = z
  .strictObject({
    /** Attributes that its subject has to have, such as `{ "CN": "engine.hospital.example" }`. */
    subject: z.record(z.string().regex(/^[A-Za-z]+$/), text).optional(),
    /** A DNS name among its subject alternative names. */
    dnsName: text.optional(),
    /** SHA-256 of the certificate, in hex, with or without colons. */
    sha256: z
      .string()
      .transform((hex) => hex.replaceAll(':', '').toLowerCase())
      .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 fingerprint in hex'))
      .optional(),
  })
  .refine((one) => Object.keys(one.subject ?? {}).length > 0 || one.dnsName !== undefined || one.sha256 !== undefined, {
    error: 'subject, dnsName or sha256 says which certificate it is',
  });

/** Standard Webhooks: the newest secret first; what any of them signed is taken, so that they can be changed. */
const hmac = z.strictObject({ secretFiles: z.array(text).min(1).max(2) });

/** None: only an MLLP listener that names the sender speaks for it. */
const auth = z
  .strictObject({ bearer: bearer.optional(), clientCertificate: clientCertificate.optional(), hmac: hmac.optional() })
  .default({});

export const sendersConfig = z
  .array(
    z.strictObject({
      name: name.refine((one) => one !== 'this-machine' && one !== 'command-line', 'a name that is not ours'),
      tenant: name.default('default'),
      environment: z.enum(['live', 'test']).default('live'),
      /** Field maps by which it may be read. Left out: any. */
      sources: z.array(text).min(1).optional(),
      /** Source systems that it may report for. Left out: any. */
      systems: z.array(text).min(1).optional(),
      /** At most so many requests in so many seconds. */
      rate: z
        .strictObject({ requests: z.int().positive(), seconds: z.int().positive().max(3600).default(60) })
        .default({ requests: 60_000, seconds: 60 }),
      auth,
    }),
  )
  .default([]);

export type SenderFile = z.output<typeof sendersConfig>[number];

/** Whether it can prove over HTTP who it is. */
export const provesItself = ({ auth: ways }: { readonly auth: object }): boolean => Object.keys(ways).length > 0;

export interface ConfiguredSender extends Omit<SenderFile, 'auth'> {
  readonly auth: Omit<SenderFile['auth'], 'hmac'> & {
    /** Keys, decoded. */
    readonly hmac?: { readonly secrets: readonly Buffer[] } | undefined;
  };
}

/** Why they cannot be used, in a sentence for the operator; undefined: they can. */
export function unusableSenders(
  senders: readonly SenderFile[],
  certificates: 'asked-for' | 'not-asked-for',
  at: (path: string) => string,
): string | undefined {
  const names = senders.map((one) => one.name);
  const twice = names.find((one, n) => names.indexOf(one) !== n);
  if (twice) return `the sender ${twice} is configured twice.`;
  const asking = senders.find((one) => one.auth.clientCertificate);
  if (asking && certificates === 'not-asked-for') {
    return `the sender ${asking.name} shows a certificate, and nobody asks for one: configure server.tls.clientCaFile.`;
  }
  const differing = disagreement(senders.flatMap((one) => one.auth.bearer ?? []));
  if (differing) return `the senders of ${differing} disagree about where its keys are.`;
  for (const { name: its, auth: ways } of senders) {
    const wrong = unusableSecrets(ways.hmac?.secretFiles ?? [], at);
    if (wrong) return `the sender ${its}: ${wrong}`;
  }
  return undefined;
}

/** How the tokens of an issuer are checked is the same for all senders. */
function disagreement(tokens: readonly NonNullable<SenderFile['auth']['bearer']>[]): string | undefined {
  const placeOf = ({ jwksUri, allowAddresses: allow }: (typeof tokens)[number]) => JSON.stringify([jwksUri, allow]);
  const placeAt = new Map(tokens.map((one) => [one.issuer, placeOf(one)]));
  return tokens.find((one) => placeOf(one) !== placeAt.get(one.issuer))?.issuer;
}

function unusableSecrets(files: readonly string[], at: (path: string) => string): string | undefined {
  for (const file of files) {
    if (!existsSync(at(file))) return `there is no secret file ${at(file)}.`;
    if (secretIn(at(file)) === undefined) {
      return `${at(file)} holds no secret of 24 to 64 bytes in base64. Make one: echo "whsec_$(openssl rand -base64 32)"`;
    }
  }
  return undefined;
}

/** As Standard Webhooks writes it: base64, mostly with `whsec_` before it. */
function secretIn(path: string): Buffer | undefined {
  const base64 = readFileSync(path, 'utf8')
    .trim()
    .replace(/^whsec_/, '');
  const key = Buffer.from(base64, 'base64');
  const isBase64 = key.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  return isBase64 && key.length >= 24 && key.length <= 64 ? key : undefined;
}

export function configuredSender(
  { auth: { hmac: signing, ...ways }, ...one }: SenderFile,
  at: (path: string) => string,
) {
  const secrets = signing?.secretFiles.map((file) => secretIn(at(file)) as Buffer);
  return { ...one, auth: { ...ways, ...(secrets && { hmac: { secrets } }) } } satisfies ConfiguredSender;
}
