import type { App } from './app.ts';
import { type AccessContext, auditedClient } from './audit/audited-client.ts';
import { auditedSender } from './audit/audited-sender.ts';
import type { DestinationRuntime } from './destination-runtime.ts';
import { type AuditEntry, appendAudit } from './store/audit.ts';
import type { FhirClient } from './sync/fhir-client.ts';
import type { Trace } from './tracing.ts';

/** A destination as it is used on behalf of one patient: whatever is asked or told there is traced and written down. */
export function auditedRuntime(
  app: Pick<App, 'store' | 'now' | 'trace'>,
  runtime: DestinationRuntime,
  patientId: string | null,
  actor: string,
): DestinationRuntime {
  const { destination, client, engine } = runtime;
  const { tenant, environment, name, fhirBaseUrl, clientId } = destination;
  const context: AccessContext = {
    ...{ tenant, environment, destination: name, fhirBaseUrl, clientId, patientId, actor },
    now: app.now,
  };
  const keep = (entry: AuditEntry) => appendAudit(app.store.db, entry);
  return {
    ...runtime,
    client: auditedClient(traced(client, name, app.trace), context, keep),
    ...(engine && { engine: auditedSender(engine, context, keep) }),
  };
}

/** Matching is what asks for a Patient; everything else is a request. */
function traced(client: FhirClient, destination: string, trace: Trace): FhirClient {
  return {
    send: (request) => {
      const span = request.path.startsWith('Patient') ? 'match' : 'request';
      return trace.span(span, { destination, method: request.method }, () => client.send(request));
    },
  };
}
