import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { isLoopback } from './auth/secure-url.ts';
import { publicUrl } from './config-access.ts';

/** Where the service listens, how others reach it, and how long it waits for them. */

const path = z.string().min(1);
const seconds = z.number().positive().max(3600);

const addresses = z
  .array(z.string().refine((one) => rangeOf(one) !== undefined, 'an address, or a range such as 10.0.0.0/8'))
  .default([]);

export const serverConfig = z.strictObject({
  host: z
    .string()
    .refine((host) => host === 'localhost' || isIP(host) !== 0, 'an IP address of this machine, or localhost')
    .default('127.0.0.1'),
  port: z.int().min(0).max(65535).default(8080),
  publicUrl,
  tls: z
    .strictObject({
      certFile: path,
      keyFile: path,
      /** Whose client certificates are believed. */
      clientCaFile: path.optional(),
    })
    .optional(),
  /** Others reach it only through a proxy that speaks TLS to them. */
  behindProxy: z.boolean().default(false),
  /** Whose word counts on where a request comes from (X-Forwarded-For). */
  proxies: addresses,
  /** Beside this machine: who may read the figures of the process. */
  metricsFrom: addresses,
  maxConnections: z.int().positive().default(2_000),
  /** Who sends more slowly is cut off. */
  timeouts: z.strictObject({ headersSeconds: seconds.default(10), requestSeconds: seconds.default(60) }).prefault({}),
});

export type ServerFile = z.output<typeof serverConfig>;

export interface ConfiguredServer extends Omit<ServerFile, 'publicUrl'> {
  /** As others reach us, without a slash at the end. */
  readonly publicUrl: string;
}

const isThisMachineOnly = (host: string): boolean =>
  isLoopback(new URL(`http://${host.includes(':') ? `[${host}]` : host}`));

/** Nobody but this machine is answered: it listens to no other, and nothing before it brings what others ask. */
export const isReachedFromHereOnly = ({ host, behindProxy }: Pick<ServerFile, 'host' | 'behindProxy'>): boolean =>
  isThisMachineOnly(host) && !behindProxy;

/** Why it cannot be used, in a sentence for the operator; undefined: it can. */
export function unusableServer(
  server: ServerFile,
  senders: 'configured' | 'none',
  at: (path: string) => string,
): string | undefined {
  const wrong = unusableTls(server.tls, at);
  if (wrong) return wrong;
  if (server.behindProxy && senders === 'none') {
    return 'server.behindProxy brings others here: configure senders, so that nobody else can report events.';
  }
  return isThisMachineOnly(server.host) ? undefined : unprotected(server, senders);
}

function unprotected(server: ServerFile, senders: 'configured' | 'none'): string | undefined {
  const { host, tls, behindProxy, publicUrl: stated } = server;
  const opened = `server.host ${host} opens the service to other machines`;
  if (senders === 'none') return `${opened}: configure senders, so that nobody else can report events.`;
  if (!tls && !behindProxy) {
    return `${opened}: configure server.tls, or say server.behindProxy where a proxy before it speaks TLS.`;
  }
  if (stated === undefined) return `${opened}: say server.publicUrl, the address at which they reach it.`;
  return stated.startsWith('https:') ? undefined : `${opened}: server.publicUrl has to begin with https.`;
}

function unusableTls(tls: ServerFile['tls'], at: (path: string) => string): string | undefined {
  if (!tls) return undefined;
  for (const [name, file] of Object.entries(tls)) {
    if (!existsSync(at(file))) return `there is no server.tls.${name} ${at(file)}.`;
  }
  try {
    secureContext(configuredTls(tls, at));
    return undefined;
  } catch {
    return 'server.tls.certFile and server.tls.keyFile have to be a certificate and its key (PEM), clientCaFile certificates.';
  }
}

/** Throws where the files are no certificate and its key. */
export function secureContext({ certFile, keyFile, clientCaFile }: NonNullable<ServerFile['tls']>) {
  const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
  const ca = clientCaFile === undefined ? undefined : readFileSync(clientCaFile);
  if (ca) new X509Certificate(ca);
  createSecureContext({ cert, key, ca });
  return { cert, key, ca };
}

export function configuredServer(
  server: ServerFile,
  port: number,
  { at, loopbackUrl }: { readonly at: (path: string) => string; readonly loopbackUrl: string },
): ConfiguredServer {
  const tls = server.tls && configuredTls(server.tls, at);
  return { ...server, tls, port, publicUrl: server.publicUrl ?? loopbackUrl };
}

function configuredTls(
  { certFile, keyFile, clientCaFile }: NonNullable<ServerFile['tls']>,
  at: (path: string) => string,
) {
  return {
    ...{ certFile: at(certFile), keyFile: at(keyFile) },
    ...(clientCaFile !== undefined && { clientCaFile: at(clientCaFile) }),
  };
}

/** Whether an address lies in one of the ranges. */
export function addressesIn(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges.map(rangeOf)) {
    if (range) list.addSubnet(range.network, range.bits, range.family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function rangeOf(text: string) {
  const [network = '', bits, ...more] = text.split('/');
  const version = isIP(network);
  const longest = version === 6 ? 128 : 32;
  if (version === 0 || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  if (Number(bits ?? longest) > longest) return undefined;
  return { network, bits: Number(bits ?? longest), family: version === 6 ? ('ipv6' as const) : ('ipv4' as const) };
}
