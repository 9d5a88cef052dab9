import { LRUCache } from 'lru-cache';
import type { PatientKey } from '../ledger/patient-key.ts';
import { covers, type KeptFacts } from './kept-facts.ts';
import type { Standing } from './standing.ts';

/** The facts of those who were last asked about, as they are used: nothing is written for a question. */
export interface RecentFacts {
  get(patient: PatientKey, standing: Standing, at: Temporal.Instant): KeptFacts | undefined;
  set(patient: PatientKey, standing: Standing, kept: KeptFacts): void;
}

/** About 40 kB each. */
const remembered = 500;

export function recentFacts(): RecentFacts {
  const recent = new LRUCache<string, { readonly revision: number; readonly kept: KeptFacts }>({ max: remembered });
  return {
    get(patient, { revision }, at) {
      const found = recent.get(keyOf(patient));
      return found?.revision === revision && holds(found.kept, at) ? found.kept : undefined;
    },
    set(patient, { revision }, kept) {
      recent.set(keyOf(patient), { revision, kept });
    },
  };
}

const keyOf = ({ tenant, environment, patientId }: PatientKey): string => `${tenant} ${environment} ${patientId}`;

const holds = ({ facts: { from, until } }: KeptFacts, at: Temporal.Instant): boolean =>
  covers(msOf(from), until === null ? null : msOf(until), at);

const msOf = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;
