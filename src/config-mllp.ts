import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { SenderFile } from './config-senders.ts';
import { isCharset } from './intake/hl7v2/charset.ts';

/**
 * Where hospitals' engines send HL7 v2 over MLLP. On a loopback address anybody of this machine may speak; on any other
 * address only who shows a client certificate, unless the configuration says in words why not.
 */

const listener = z.strictObject({
  port: z.int().min(0).max(65535),
  host: z.string().min(1).default('127.0.0.1'),
  tls: z
    .strictObject({
      certFile: z.string().min(1),
      keyFile: z.string().min(1),
      /** Who signs the certificates of senders. */
      clientCaFile: z.string().min(1).optional(),
      requireClientCertificate: z.boolean().default(true),
    })
    .optional(),
  /** The configured sender of everything that comes here. Absent: whom the client certificate names. */
  sender: z.string().min(1).optional(),
  /** Messages may travel in clear on a network that others cannot read: say which, and who decided so. */
  unencrypted: z.strictObject({ reason: z.string().min(10) }).optional(),
  /** Of messages that name none in MSH-18. */
  charset: z.string().refine(isCharset, 'a character set such as 8859/1, UNICODE UTF-8 or WINDOWS-1252').optional(),
  maxFrameBytes: z.int().min(1_000).max(100_000_000).default(5_000_000),
  idleSeconds: z.number().positive().max(86_400).default(600),
  maxConnections: z.int().positive().max(10_000).default(256),
});

export const mllpConfig = z.union([z.array(listener), listener.transform((one) => [one])]).default([]);

/** `one-answer`: AA, AE or AR to whoever asks for any answer. `as-asked`: CA and AA, each where MSH-15 and MSH-16 ask for it. */
export const hl7v2Config = z.strictObject({ acknowledge: z.enum(['one-answer', 'as-asked']).default('one-answer') });

export type MllpListener = z.output<typeof listener>;

/** Why these listeners cannot be opened, in a sentence; undefined: they can. */
export function unusableMllp(
  listeners: readonly MllpListener[],
  at: (path: string) => string,
  senders: readonly NamedSender[],
): string | undefined {
  for (const one of listeners) {
    const reason = unusable(one, at, senders);
    if (reason) return `mllp port ${one.port}: ${reason}`;
  }
  return undefined;
}

type NamedSender = Pick<SenderFile, 'name' | 'auth'>;

function unusable(
  one: MllpListener,
  at: (path: string) => string,
  senders: readonly NamedSender[],
): string | undefined {
  const { tls, sender, host } = one;
  const files = tls ? [tls.certFile, tls.keyFile, ...(tls.clientCaFile ? [tls.clientCaFile] : [])] : [];
  const missing = files.find((file) => !existsSync(at(file)));
  if (missing) return `there is no file ${missing}.`;
  if (sender && !senders.some(({ name }) => name === sender)) return `there is no sender ${sender}.`;
  if (tls?.requireClientCertificate && !tls.clientCaFile) return 'tls.requireClientCertificate needs tls.clientCaFile.';
  if (isLoopback(host)) return undefined;
  if (!tls && !one.unencrypted) return `${host} can be reached from elsewhere: it needs tls, or unencrypted.reason.`;
  if (!tls && !sender) return `${host} without TLS needs the name of its sender.`;
  if (tls && !tls.requireClientCertificate)
    return `${host} can be reached from elsewhere: it needs client certificates.`;
  // An authority vouches for many: which of them somebody is has to be said, or known by its certificate.
  if (!sender && !senders.some(({ auth }) => auth.clientCertificate))
    return `${host} can be reached from elsewhere: name its sender, or configure senders by their certificates.`;
  return undefined;
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

/** Files are relative to the configuration. */
export const configuredMllp = (listeners: readonly MllpListener[], at: (path: string) => string): MllpListener[] =>
  listeners.map((one) => ({
    ...one,
    ...(one.tls && {
      tls: {
        ...one.tls,
        certFile: at(one.tls.certFile),
        keyFile: at(one.tls.keyFile),
        ...(one.tls.clientCaFile && { clientCaFile: at(one.tls.clientCaFile) }),
      },
    }),
  }));
