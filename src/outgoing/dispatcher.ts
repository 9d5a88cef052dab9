import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { type AddressPolicy, withoutBrackets } from './address-policy.ts';
import { AddressRefused } from './connection-failure.ts';

export interface ConnectionSettings {
  readonly policy: AddressPolicy;
  readonly tls: TlsSettings;
  /** For connecting alone. */
  readonly timeoutMs: number;
  /** An answer with a longer body is broken off. */
  readonly maxAnswerBytes: number;
  readonly resolve?: Resolve;
}

/** PEM texts. `ca` replaces the certificates that the system trusts; `cert` and `key` say who we are. */
export interface TlsSettings {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** HTTP connections to one destination: to addresses that its policy permits, with TLS 1.2 at least. */
export function dispatcher({ policy, tls, timeoutMs, maxAnswerBytes, resolve }: ConnectionSettings): Agent {
  const connect = buildConnector({ ...tlsOptions(tls), timeout: timeoutMs, lookup: checkedLookup(policy, resolve) });
  return new Agent({
    connect(options, callback) {
      const refused = refusedAddress(policy, options.hostname);
      if (refused) callback(refused, null);
      else connect(options, callback);
    },
    maxResponseSize: maxAnswerBytes,
  });
}

/** For connections of any protocol. */
export function tlsOptions({ ca, cert, key }: TlsSettings) {
  return { minVersion: 'TLSv1.2' as const, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** A host that is an address asks no resolver: it is checked before connecting. undefined: it may, or it is a name. */
export function refusedAddress(policy: AddressPolicy, hostname: string): AddressRefused | undefined {
  const host = withoutBrackets(hostname);
  const kind = isIP(host) ? policy.refusal(host, host) : undefined;
  return kind && new AddressRefused(kind);
}

/**
 * A name is resolved once for each connection, every address that came back is checked, and those very addresses are
 * connected to: a second answer of the resolver could name another machine. One bad address refuses the name.
 */
export function checkedLookup(policy: AddressPolicy, resolve: Resolve = resolveBySystem): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const kinds = addresses.map(({ address }) => policy.refusal(address, host));
        const refused = kinds.find((kind) => kind !== undefined);
        const [first] = addresses;
        if (refused) callback(new AddressRefused(refused), '');
        else if (!first) callback(noAddress(), '');
        else if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

const resolveBySystem: Resolve = (host) => lookup(host, { all: true });

const noAddress = (): NodeJS.ErrnoException => Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
