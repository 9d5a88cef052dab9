import type { Trx } from '../store/store.ts';
import { type ChainRow, chainsOf, connectedEvents } from './chains.ts';
import { recomputeMerges } from './merges.ts';
import type { Scope } from './patient-key.ts';
import type { Report } from './report.ts';
import { survivorsOf } from './revisions.ts';

export interface Touched {
  readonly touched: ReadonlyMap<Report, ReadonlySet<string>>;
  /** Who each of these patients is after merges. */
  readonly survivors: ReadonlyMap<string, string>;
}

/**
 * The patients whose therapy each of these newly stored reports may change: its own, those of every event connected
 * with it by amendments, both sides of a merge, and the survivors of them all. Brings the merges up to date first.
 */
export async function touchedBy(trx: Trx, scope: Scope, accepted: readonly Report[]): Promise<Touched> {
  const touched = new Map<Report, ReadonlySet<string>>();
  for (const [system, reports] of Map.groupBy(accepted, (report) => report.system)) {
    const rows = await connectedEvents(
      trx,
      scope,
      system,
      reports.map((report) => report.eventId),
    );
    const chains = chainsOf(rows);
    for (const report of reports) {
      const chain = chains.get(report.eventId) ?? [];
      touched.set(report, new Set([...chain.flatMap(patientsOf), ...(await mergedBy(trx, scope, chain))]));
    }
  }
  return withSurvivors(trx, scope, touched);
}

async function mergedBy(trx: Trx, scope: Scope, chain: readonly ChainRow[]): Promise<Iterable<string>> {
  const merges = chain.filter((row) => row.type === 'merge');
  return merges.length > 0 ? recomputeMerges(trx, scope, merges.flatMap(patientsOf)) : [];
}

const patientsOf = (row: ChainRow): string[] =>
  row.mergedPatientId === null ? [row.patientId] : [row.patientId, row.mergedPatientId];

/** After all merges of the batch are in place, for a later one may have moved the survivor of an earlier report. */
async function withSurvivors(
  trx: Trx,
  scope: Scope,
  touched: ReadonlyMap<Report, ReadonlySet<string>>,
): Promise<Touched> {
  const survivors = await survivorsOf(
    trx,
    scope,
    [...touched.values()].flatMap((patients) => [...patients]),
  );
  const withTheirs = (patients: ReadonlySet<string>) =>
    new Set([...patients].flatMap((id) => [id, survivors.get(id) as string]));
  return { touched: new Map([...touched].map(([report, patients]) => [report, withTheirs(patients)])), survivors };
}
