import { hostname } from 'node:os';
import type { AuditEntry } from '../store/audit.ts';
import type { AccessContext } from './audited-client.ts';

/** A sender of HL7 v2 messages that writes down each one that was taken, refused, or may have arrived. */
export function auditedSender<Answer extends { readonly kind: string }>(
  sender: { send(er7: string): Promise<Answer> },
  context: AccessContext,
  keep: (entry: AuditEntry) => Promise<void>,
): { send(er7: string): Promise<Answer> } {
  return {
    async send(er7) {
      const answer = await sender.send(er7);
      if (answer.kind !== 'retry') await keep(entryFor(context, answer.kind));
      return answer;
    },
  };
}

function entryFor(context: AccessContext, outcome: string): AuditEntry {
  const { tenant, environment, destination, patientId, actor } = context;
  return {
    tenant,
    at: context.now().epochMilliseconds,
    action: 'message',
    actor,
    outcome,
    detail: { destination, environment, machine: hostname(), patient: patientId },
  };
}
