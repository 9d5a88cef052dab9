import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AuditEntry } from '../store/audit.ts';
import type { Environment } from '../store/schema.ts';
import { type Answered, type Asked, accessOf } from './interaction.ts';

/** On whose behalf, and about whom, a destination is asked. */
export interface AccessContext {
  readonly tenant: string;
  readonly environment: Environment;
  readonly destination: string;
  readonly fhirBaseUrl: string;
  /** Who we are there. */
  readonly clientId: string;
  /** Keyed id; null: about nobody in particular. */
  readonly patientId: string | null;
  /** Which part of us asks. */
  readonly actor: string;
  now(): Temporal.Instant;
}

/**
 * A client that writes down every request that reached its destination, or may have: who, what, about whom, and how it
 * was answered. An answer is handed on only after its row is kept. The request id travels with the request, so that a
 * hospital can find it in its own log. What was never sent touched nobody's data, and is not written down.
 */
export function auditedClient<Request extends Asked, Answer extends Answered>(
  client: { send(request: Request): Promise<Answer> },
  context: AccessContext,
  keep: (entry: AuditEntry) => Promise<void>,
): { send(request: Request): Promise<Answer> } {
  return {
    async send(request) {
      const requestId = randomUUID();
      const answer = await client.send({ ...request, headers: { ...request.headers, 'x-request-id': requestId } });
      if (answer.kind !== 'not-sent') await keep(entryFor(context, requestId, request, answer));
      return answer;
    },
  };
}

function entryFor(context: AccessContext, requestId: string, request: Asked, answer: Answered): AuditEntry {
  const { tenant, environment, destination, fhirBaseUrl, clientId, patientId, actor } = context;
  const status = answer.kind === 'answered' ? answer.status : null;
  const access = accessOf(request, answer);
  return {
    tenant,
    at: context.now().epochMilliseconds,
    action: 'request',
    actor,
    outcome: status === null ? 'unknown' : `${Math.floor(status / 100)}xx`,
    detail: {
      ...{ destination, environment, clientId, requestId },
      host: new URL(fhirBaseUrl).hostname,
      machine: hostname(),
      // What a server can do is asked on the occasion of a patient, and is about nobody.
      patient: access.interaction === 'capabilities' ? null : patientId,
      ...access,
    },
  };
}
