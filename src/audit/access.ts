import { setTimeout as sleep } from 'node:timers/promises';
import { auditWriter } from '../store/audit.ts';
import type { Environment } from '../store/schema.ts';
import type { Store } from '../store/store.ts';

/** One request of somebody who reads here: who, what, and how it was answered. Keyed ids, codes and names of parameters only. */
export interface Access {
  readonly tenant: string;
  readonly environment: Environment;
  readonly interaction: 'read' | 'vread' | 'history' | 'search' | 'operation';
  readonly resourceType?: string | undefined;
  readonly resourceId?: string | undefined;
  /** Name of an operation (`pump-status`), or of a view that is none of FHIR's (`board`). */
  readonly operation?: string | undefined;
  /** Keyed ids of those whom the answer is about. */
  readonly patients?: readonly string[] | undefined;
  /** Search as asked, its values left out but for codes, dates and ids of ours. */
  readonly query?: string | undefined;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Undefined: nobody was recognised. */
  readonly who?: AccessBy | undefined;
  readonly requestId: string;
  /** Address of the client. */
  readonly network?: string | undefined;
}

/** As the token says. A Principal is one. */
export interface AccessBy {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId?: string;
  readonly tokenId?: string;
}

export interface AccessAudit {
  /** Resolves when the row is durable. What is not written down is not answered, so a failure is thrown. */
  record(access: Access): Promise<void>;
}

/** More patients than this in one answer are counted, not named. */
const namedPatients = 500;

/**
 * Rows of requests that arrive together become durable together: one transaction at a time, with everything that came
 * in while the last one ran. A commit costs as much as ten answers, so while several ask at once each waits a moment
 * for the others; who asks alone does not wait.
 */
export function accessAudit({ db }: Pick<Store, 'db'>, now: () => Temporal.Instant): AccessAudit {
  const appendRows = auditWriter(db);
  const waiting: Waiting[] = [];
  let writing = false;
  let together = 1;

  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      // What else arrives in this turn of the event loop goes with the first.
      await (together > 1 ? sleep(gatherMs) : new Promise(setImmediate));
      together = waiting.length;
      const batch = waiting.splice(0, rowsOfOneInsert);
      try {
        await appendRows(batch.map(({ row }) => row));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    writing = false;
  }

  return {
    record(access) {
      const row = rowOf(access, now());
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ row, done: resolve, failed: reject });
      if (!writing) write().catch(reject);
      return promise;
    },
  };
}

const rowsOfOneInsert = 64;
const gatherMs = 2;

interface Waiting {
  readonly row: ReturnType<typeof rowOf>;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

function rowOf(access: Access, at: Temporal.Instant) {
  const { tenant, status, who, patients = [], ...rest } = access;
  const named = patients.slice(0, namedPatients);
  const detail = {
    ...rest,
    status,
    ...(named.length === 1 ? { patient: named[0] } : named.length > 0 && { patients: named }),
    ...(patients.length > named.length && { patientCount: patients.length }),
    ...(who && { issuer: who.issuer, subject: who.subject, clientId: who.clientId, tokenId: who.tokenId }),
  };
  return {
    tenant,
    at: at.epochMilliseconds,
    action: 'access',
    actor: who?.clientId ?? who?.subject ?? 'unknown',
    outcome: `${Math.floor(status / 100)}xx`,
    detail: JSON.stringify(detail),
  };
}
