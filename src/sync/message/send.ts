import { connect as connectPlain, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { AddressPolicy } from '../../outgoing/address-policy.ts';
import { refusedAddress } from '../../outgoing/dispatcher.ts';
import type { Hl7v2Settings } from '../destination.ts';
import {
  type Exchanged,
  failedBy,
  type MessageAnswer,
  refused,
  unanswered,
  unreachable,
  verdictOf,
} from './acknowledgement.ts';
import { fieldOf, hl7Time, withFields } from './er7.ts';
import { exchangeFramed } from './mllp.ts';

export interface MessageSender {
  /** `er7`: a message as tailoring makes it, without its time (MSH-7), which is set here. Never throws for the engine. */
  send(er7: string): Promise<MessageAnswer>;
}

export interface SendOptions {
  /** From connecting to the acknowledgement. */
  readonly timeoutMs: number;
  /** A guarded fetch, where there is one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Where an MLLP connection may go to; absent: anywhere. A look-up is not asked for a host that is an address. */
  readonly policy?: AddressPolicy | undefined;
  /** How an MLLP connection is made: a guarded name look-up, the certificates of both sides. */
  readonly socket?: (Pick<TcpNetConnectOpts, 'lookup'> & ConnectionOptions) | undefined;
}

/** The one door to a hospital's interface engine: HTTP, or MLLP over TCP or TLS. */
export function messageSender({ transport }: Hl7v2Settings, options: SendOptions): MessageSender {
  return {
    async send(er7) {
      const timed = withFields(er7, 'MSH', { 7: hl7Time(Temporal.Now.instant().toString({ smallestUnit: 'second' })) });
      const answer = await (transport.kind === 'http'
        ? post(transport.url, timed, options)
        : overMllp(transport, timed, options));
      return 'acknowledgement' in answer ? verdictOf(answer.acknowledgement, fieldOf(er7, 'MSH', 10)) : answer;
    },
  };
}

type Mllp = Extract<Hl7v2Settings['transport'], { kind: 'mllp' }>;

async function overMllp(transport: Mllp, er7: string, options: SendOptions): Promise<Exchanged> {
  const refusal = options.policy && refusedAddress(options.policy, transport.host);
  return refusal ? failedBy(refusal) : exchangeFramed(() => socketTo(transport, options), er7, options.timeoutMs);
}

function socketTo({ host, port, tls }: Mllp, { socket }: SendOptions): Socket {
  if (!tls) return connectPlain({ host, port, lookup: socket?.lookup });
  return connectTls({ ...socket, host, port, ...(isIP(host) === 0 && { servername: host }) });
}

async function post(url: string, er7: string, options: SendOptions): Promise<Exchanged> {
  try {
    const response = await (options.fetch ?? fetch)(url, {
      method: 'POST',
      headers: { 'content-type': 'x-application/hl7-v2+er7; charset=utf-8', accept: 'x-application/hl7-v2+er7' },
      body: er7,
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    const body = await response.text();
    if (fieldOf(body, 'MSA', 1) !== undefined) return { acknowledgement: body };
    return withoutAcknowledgement(response.status);
  } catch (error) {
    return failedBy(error);
  }
}

/**
 * A success that acknowledges nothing says nothing, nor does a server that failed at it, or the gateway before one.
 * Otherwise what is no «later» (RFC 9110, RFC 6585) is a refusal.
 */
function withoutAcknowledgement(status: number): Exchanged {
  if (laterStatuses.has(status)) return unreachable();
  return status < 300 || status >= 500 ? unanswered() : refused(String(status));
}

const laterStatuses = new Set([408, 425, 429, 503]);
