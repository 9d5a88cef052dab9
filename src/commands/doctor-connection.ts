import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { failed } from '../auth/failure.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import { hostOf } from '../outgoing/address-policy.ts';
import { connectionFailure } from '../outgoing/connection-failure.ts';
import { checkedLookup, tlsOptions } from '../outgoing/dispatcher.ts';
import { type Check, noted, ok, wrong, wrongBy } from './doctor-check.ts';

/** Whether the destination can be reached and lets us in: address, TLS, SMART configuration, token. */

export async function checkAddress({ destination, connection }: DestinationRuntime): Promise<Check> {
  const host = hostOf(destination.fhirBaseUrl);
  const addresses = isIP(host) ? [host] : await resolved(host);
  if (addresses.length === 0) {
    return wrong('Address', `${host} has no address.`, 'Check fhirBaseUrl and the name servers of this machine.');
  }
  const kinds = [...new Set(addresses.flatMap((address) => connection.policy.refusal(address, host) ?? []))];
  if (kinds.length > 0) {
    const says = `${host} has an address that is not of the internet (${kinds.join(', ')}).`;
    return wrong('Address', says, 'Add it to `allowAddresses` of the destination, if it is meant.');
  }
  return ok('Address', `${host} has ${counted(addresses.length, 'address', 'addresses')} that may be reached.`);
}

const counted = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`;

async function resolved(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

/** A certificate that ends so soon is told. */
const soonDays = 30;

export async function checkTls(runtime: DestinationRuntime, now: Temporal.Instant): Promise<Check> {
  const { protocol } = new URL(runtime.destination.fhirBaseUrl);
  if (protocol !== 'https:') return noted('TLS', 'none: the destination is on this machine.');
  const seen = await handshake(runtime);
  if ('problem' in seen) return wrongBy('TLS', seen.problem);
  const days = Math.floor((seen.endsAtMs - now.epochMilliseconds) / 86_400_000);
  const ends = Temporal.Instant.fromEpochMilliseconds(seen.endsAtMs).toString().slice(0, 10);
  const says = `${seen.protocol}, certificate valid until ${ends} (${days} days).`;
  return days < soonDays ? noted('TLS', says, 'Ask the hospital when it renews its certificate.') : ok('TLS', says);
}

type Handshake = { readonly protocol: string; readonly endsAtMs: number } | ReturnType<typeof connectionFailure>;

function handshake({ destination, connection }: DestinationRuntime): Promise<Handshake> {
  const { hostname, port } = new URL(destination.fhirBaseUrl);
  const { promise, resolve } = Promise.withResolvers<Handshake>();
  const host = hostOf(destination.fhirBaseUrl);
  const socket = connect({
    ...tlsOptions(connection.tls),
    ...{ host, port: Number(port || 443), lookup: checkedLookup(connection.policy) },
    ...(isIP(host) ? {} : { servername: hostname }),
    timeout: destination.requestTimeoutMs,
  });
  socket.once('secureConnect', () => {
    const { valid_to: validTo } = socket.getPeerCertificate();
    // Temporal does not read the date format of OpenSSL; Date.parse is used as a parser only.
    resolve({ protocol: socket.getProtocol() ?? 'TLS', endsAtMs: Date.parse(validTo) });
    socket.destroy();
  });
  socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { name: 'TimeoutError' })));
  socket.once('error', (error) => resolve(connectionFailure(error)));
  return promise;
}

export async function checkDiscovery({ auth }: DestinationRuntime): Promise<Check> {
  const configuration = await auth.configuration();
  if (failed(configuration)) return wrongBy('SMART configuration', configuration.problem);
  const { tokenEndpoint, signingAlgorithms, grantTypes } = configuration;
  const says = `token endpoint at ${new URL(tokenEndpoint).host}, signatures ${signingAlgorithms?.join(', ') ?? 'not stated'}.`;
  if (grantTypes && !grantTypes.includes('client_credentials')) {
    return noted(
      'SMART configuration',
      `${says} It does not list client_credentials.`,
      'Ask the hospital whether backend services are on.',
    );
  }
  return ok('SMART configuration', says);
}

export async function checkToken({ auth, destination }: DestinationRuntime): Promise<Check> {
  const access = await auth.accessToken();
  if (failed(access)) return wrongBy('Token', access.problem);
  return ok('Token', `granted to client ${destination.clientId}, ${counted(access.scopes.length, 'scope', 'scopes')}.`);
}
