import { type Problem, problem } from '../event/problem.ts';
import type { AddressKind } from './address-policy.ts';

/** Why an exchange ended without an answer, in words without an address, a header or a text of the server. */
export interface ConnectionFailure {
  readonly problem: Problem;
  /** It failed before any request left: repeating it can do nothing twice. */
  readonly sent: 'no' | 'maybe';
}

/** The address that a connection would have gone to is one that the destination may not be reached at. */
export class AddressRefused extends Error {
  readonly kind: AddressKind;
  constructor(kind: AddressKind) {
    super('the address is refused');
    this.kind = kind;
  }
}

export function connectionFailure(error: unknown): ConnectionFailure {
  const causes = [...causesOf(error)];
  const refused = causes.find((cause) => cause instanceof AddressRefused);
  if (refused) {
    return { problem: problem('address-refused', `the host has ${inWords[refused.kind]} address`), sent: 'no' };
  }
  if (causes.some(({ name }) => name === 'TimeoutError'))
    return unavailable('No answer within the time limit.', 'maybe');
  const code = causes.map(codeOf).findLast((one) => one !== undefined);
  if (code === undefined) return unavailable('The connection failed.', 'maybe');
  return unavailable(`The connection failed (${code}).`, beforeAnyRequest.has(code) ? 'no' : 'maybe');
}

const unavailable = (message: string, sent: ConnectionFailure['sent']): ConnectionFailure => ({
  problem: problem('destination-unavailable', message),
  sent,
});

const inWords: Readonly<Record<AddressKind, string>> = {
  metadata: 'a cloud metadata',
  loopback: 'a loopback',
  'link-local': 'a link-local',
  private: 'a private',
  translated: 'a translated (NAT64, 6to4, IPv4-mapped)',
  reserved: 'a reserved or multicast',
};

/** fetch hides what happened in `cause`; where several addresses were tried there is one error for each. */
function* causesOf(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  yield* causesOf(error.cause);
}

/** Only the code goes out: a message may hold addresses and more. */
function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]+$/.test(code) ? code : undefined;
}

/** Codes of name resolution, of connecting and of the TLS handshake; those of OpenSSL as Node spells them. */
const beforeAnyRequest: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENODATA', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_REJECTED'],
  ...['CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['INVALID_CA', 'INVALID_PURPOSE', 'HOSTNAME_MISMATCH', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ...['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ...['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
  ...['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'],
]);
