import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { App } from '../app.ts';
import type { Denial } from '../auth/denial.ts';
import { type IssuerChecks, issuerChecks } from '../auth/issuer-checks.ts';
import { isCertificateOf } from '../auth/sender-certificate.ts';
import { type SenderToken, senderOfToken } from '../auth/sender-token.ts';
import { isSigned, type Signed, senderOfWebhook } from '../auth/sender-webhook.ts';
import { type ConfiguredSender, provesItself } from '../config-senders.ts';

/** Who sends, as the configuration names them. A sender reports for its tenant, its systems and its environment only. */
export interface Sender {
  readonly name: string;
  /** Undefined: this machine alone is open, and each source system reports for the tenant that the configuration gives it. */
  readonly tenant: string | undefined;
  /** Undefined: both, as each event says. */
  readonly environment: 'live' | 'test' | undefined;
  /** Names of the field maps by which its messages may be read; undefined: any. */
  readonly sources: readonly string[] | undefined;
  /** Source systems it may report for; undefined: any. */
  readonly systems: readonly string[] | undefined;
  /** Undefined: as often as it likes. */
  readonly rate?: { readonly requests: number; readonly seconds: number } | undefined;
}

/** Who stands in for a sender where none is configured: whoever is on this machine. */
export const thisMachine: Sender = {
  ...{ name: 'this-machine', tenant: undefined, environment: undefined },
  ...{ sources: undefined, systems: undefined },
};

/** Who may send, and how each is recognised. */
export interface Senders {
  /** Nobody is configured who proves who it is: whoever is on this machine may send, and nobody else reaches us. */
  readonly isOpen: boolean;
  /** Ways in which some sender proves who it is. */
  readonly ways: readonly ('bearer' | 'clientCertificate' | 'hmac')[];
  byName(name: string): Sender | undefined;
  /** It is known by a certificate of its own, and another of the same authority is not its. */
  isCertified(name: string): boolean;
  /** Of a connection whose certificate TLS has verified. */
  ofCertificate(certificate: X509Certificate): Sender | undefined;
  /** By token or certificate; `signed`: the body has to be seen first. */
  ofRequest(request: IncomingMessage): Promise<Sender | Denial | 'signed'>;
  ofSigned(request: IncomingMessage, body: Buffer): Signed<Sender> | Denial;
}

export function openSenders({ config, now }: Pick<App, 'config' | 'now'>): Senders {
  const all = config.senders.map((one) => ({ sender: senderOf(one), auth: one.auth }));
  const checksOf = sharedChecks(now);
  const tokens = all.flatMap(({ sender, auth }): SenderToken<Sender>[] => {
    const { bearer } = auth;
    return bearer ? [{ ...bearer, sender, checks: checksOf(bearer), audiences: [bearer.audience].flat() }] : [];
  });
  const signing = all.flatMap(({ sender, auth }) => (auth.hmac ? [{ sender, secrets: auth.hmac.secrets }] : []));
  const certified = all.flatMap(({ sender, auth: { clientCertificate: rule } }) => (rule ? [{ sender, rule }] : []));
  const isOpen = !config.senders.some(provesItself);
  const ofCertificate = (certificate: X509Certificate) =>
    certified.find(({ rule }) => isCertificateOf(rule, certificate))?.sender;
  return {
    ...{ isOpen, ofCertificate },
    ways: waysOf(config),
    byName: (name) => senderNamed(config, name),
    isCertified: (name) => certified.some(({ sender }) => sender.name === name),
    async ofRequest(request) {
      if (isOpen) return thisMachine;
      const { authorization } = request.headers;
      // What is said in so many words counts before what the connection happens to show.
      if (authorization !== undefined) return senderOfToken(authorization, tokens, now());
      if (isSigned(request.headers) && signing.length > 0) return 'signed';
      const certificate = verifiedCertificate(request);
      return (certificate && ofCertificate(certificate)) ?? unproven;
    },
    ofSigned: (request, body) => senderOfWebhook(request.headers, body, signing, now()),
  };
}

/** As the configuration knows it now; undefined: it does not. */
export function senderNamed({ senders }: App['config'], name: string): Sender | undefined {
  const one = senders.find((each) => each.name === name);
  if (one) return senderOf(one);
  return name === thisMachine.name && !senders.some(provesItself) ? thisMachine : undefined;
}

const senderOf = ({ name, tenant, environment, sources, systems, rate }: ConfiguredSender): Sender => ({
  ...{ name, tenant, environment, sources, systems, rate },
});

export function waysOf({ senders }: Pick<App['config'], 'senders'>): Senders['ways'] {
  return (['bearer', 'clientCertificate', 'hmac'] as const).filter((way) => senders.some(({ auth }) => auth[way]));
}

const unproven: Denial = { status: 401, description: 'Say who sends.', reason: 'no-proof' };

type Bearer = NonNullable<ConfiguredSender['auth']['bearer']>;

/** Senders of one issuer share what is remembered of it. */
function sharedChecks(clock: App['now']): (bearer: Bearer) => IssuerChecks {
  const known = new Map<string, IssuerChecks>();
  return ({ issuer, jwksUri, allowAddresses }) => {
    const key = JSON.stringify([issuer, jwksUri, allowAddresses]);
    const checks =
      known.get(key) ??
      issuerChecks({ issuer, jwksUri, allowAddresses, discover: jwksUri === undefined, timeoutMs, clock });
    known.set(key, checks);
    return checks;
  };
}

const timeoutMs = 5_000;

function verifiedCertificate({ socket }: IncomingMessage): X509Certificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  return socket.getPeerX509Certificate();
}
