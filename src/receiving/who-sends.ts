import type { Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { App } from '../app.ts';
import type { Denial } from '../auth/denial.ts';
import { isFromThisMachine } from '../auth/this-machine.ts';
import { problem } from '../event/problem.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { appendAudit } from '../store/audit.ts';
import { refuseWith } from './answer.ts';
import type { Sender, Senders } from './senders.ts';

/** Who a request comes from. */
export interface Proven {
  readonly sender: Sender;
  /** `webhook-id`, where the request was signed. */
  readonly webhookId?: string | undefined;
}

export interface WhoSends {
  /** Leaves the sender with the request, but where its body has to be seen first; else refuses it. */
  readonly beforeBody: RequestHandler;
  /** The same, for who signed the body: `request.body`, or none. */
  readonly afterBody: RequestHandler;
}

export const provenIn = (response: Response): Proven | undefined => (response.locals as { proven?: Proven }).proven;

/**
 * Who sends nothing that proves who it is, is told in which ways it can. Failures are written down without anything of
 * what was sent, and whoever fails often is no longer told nor written down, so that nobody fills the audit. Who proves
 * who it is gets in all the same: others may come from its address, where a proxy or a hospital's gateway is between.
 */
export function whoSends(app: App, senders: Senders): WhoSends {
  const failures = failuresOf(app.config.intake.failuresPerMinute);
  const letIn = (response: Response, proven: Proven) => Object.assign(response.locals, { proven });

  async function deny(request: Request, response: Response, denial: Denial): Promise<void> {
    if (failures.areTooMany(addressOf(request))) {
      app.metrics.senderDenied('too-many-failures');
      response.set('Retry-After', '60');
      return refuseWith(response, 429, [problem('too-many-requests', 'too often refused from this address')]);
    }
    // An issuer that cannot be asked says nothing about who asks.
    if (denial.status !== 503) failures.count(addressOf(request));
    app.metrics.senderDenied('unauthenticated');
    app.log.warn('sender denied', { code: denial.reason, status: denial.status });
    await appendAudit(app.store.db, {
      ...{ tenant: 'default', at: app.now().epochMilliseconds, action: 'deny-sender', actor: 'unknown' },
      outcome: `${Math.floor(denial.status / 100)}xx`,
      detail: {
        ...{ reason: denial.reason, status: denial.status, network: addressOf(request) },
        requestId: response.get('X-Request-Id') ?? '',
      },
    });
    refuse(response, denial, senders);
  }

  return {
    async beforeBody(request, response, next) {
      if (senders.isOpen && !isFromThisMachine(request)) return refuseElsewhere(response);
      const found = await senders.ofRequest(request);
      if (found === 'signed') return next();
      if ('status' in found) return deny(request, response, found);
      letIn(response, { sender: found });
      next();
    },
    async afterBody(request, response, next) {
      if (provenIn(response)) return next();
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const found = senders.ofSigned(request, body);
      if ('status' in found) return deny(request, response, found);
      letIn(response, { sender: found.sender, webhookId: found.id });
      next();
    },
  };
}

/** Of a proxy that we believe, the address that it names. */
const addressOf = (request: Request): string => request.ip ?? '';

/** Failures by address within a minute. As many addresses are remembered as fit into a few megabytes. */
function failuresOf(most: number) {
  const counts = new LRUCache<string, { count: number }>({ max: 20_000, ttl: 60_000 });
  return {
    areTooMany: (address: string) => (counts.get(address)?.count ?? 0) >= most,
    count(address: string) {
      const counted = counts.get(address);
      if (counted) counted.count++;
      else counts.set(address, { count: 1 });
    },
  };
}

function refuse(response: Response, denial: Denial, { ways }: Senders): void {
  const { status, description } = denial;
  if (status === 503) response.set('Retry-After', '30');
  else response.set('WWW-Authenticate', ways.map((way) => challenges[way](denial)).join(', '));
  response
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/fhir+json')
    .send(
      JSON.stringify(operationOutcome([{ severity: 'error', code: issueTypes[status], diagnostics: description }])),
    );
}

const issueTypes = { 401: 'login', 403: 'forbidden', 503: 'transient' } as const;

/** Only the first is a registered scheme; the others say that there is that way. */
const challenges: Readonly<Record<Senders['ways'][number], (denial: Denial) => string>> = {
  bearer: ({ error, description, scope }) =>
    [
      'Bearer realm="events"',
      ...(error ? [`error="${error}"`, `error_description="${description}"`] : []),
      ...(scope ? [`scope="${scope}"`] : []),
    ].join(', '),
  clientCertificate: () => 'Certificate realm="events"',
  hmac: () => 'Webhook realm="events"',
};

function refuseElsewhere(response: Response): void {
  const diagnostics = 'No sender is configured, so events are taken only at an address of this machine.';
  response
    .status(421)
    .type('application/fhir+json')
    .send(JSON.stringify(operationOutcome([{ severity: 'error', code: 'forbidden', diagnostics }])));
}
