import { LRUCache } from 'lru-cache';
import type { PatientKey } from '../ledger/patient-key.ts';
import { holdsAt, type KeptStatus } from './kept-status.ts';

/** The status of those who were last asked about before it was kept: nothing is written for a question. */
export interface RecentStatus {
  get(patient: PatientKey, revision: number, at: Temporal.Instant): KeptStatus | undefined;
  set(patient: PatientKey, revision: number, kept: KeptStatus): void;
}

/** About 40 kB each. */
const remembered = 500;

export function recentStatus(): RecentStatus {
  const recent = new LRUCache<string, { readonly revision: number; readonly kept: KeptStatus }>({ max: remembered });
  return {
    get(patient, revision, at) {
      const found = recent.get(keyOf(patient));
      return found?.revision === revision && holdsAt(found.kept, at) ? found.kept : undefined;
    },
    set(patient, revision, kept) {
      recent.set(keyOf(patient), { revision, kept });
    },
  };
}

const keyOf = ({ tenant, environment, patientId }: PatientKey): string => `${tenant} ${environment} ${patientId}`;
