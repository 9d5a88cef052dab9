import type { App } from '../app.ts';
import type { PatientKey } from '../ledger/patient-key.ts';
import { identityOfCatheter } from '../mapping/catheter-device.ts';
import { complicationCode } from '../mapping/complication-code.ts';
import type { MappingContext } from '../mapping/context.ts';
import { identityOfPump } from '../mapping/pump-device.ts';
import { mappingContextOf, timelineOf } from '../pipeline.ts';
import type { Held } from '../review/list.ts';
import type { CatheterLife, PumpLife } from '../therapy/device-life.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { boardRow } from '../views/pump-status/board-row.ts';
import { type StatusFacts, statusFacts } from '../views/pump-status/facts.ts';
import type { FactsContext } from '../views/pump-status/facts-context.ts';
import type { Standing } from './standing.ts';

/** The facts of one patient as they are kept. */
export interface KeptFacts {
  readonly madeBy: string;
  readonly facts: StatusFacts;
  /** What the therapy held back when they were made; what else is held stands in review. */
  readonly held: Held;
}

/** The kept facts, where they are what the ledger says and hold at this instant. */
export function factsKept(standing: Standing, at: Temporal.Instant, madeBy: string): KeptFacts | undefined {
  const { statusRevision, revision, statusFromMs, statusUntilMs, facts } = standing;
  const isOld = facts === null || statusFromMs === null || statusRevision !== revision;
  if (isOld || !covers(statusFromMs, statusUntilMs, at)) return undefined;
  const kept = JSON.parse(facts) as KeptFacts;
  return kept.madeBy === madeBy ? kept : undefined;
}

/** Facts as the ledger gives them at this instant. Without mapping: what only mapping holds back is found in review. */
export async function factsOf(app: App, patient: PatientKey, at: Temporal.Instant, madeBy: string): Promise<KeptFacts> {
  const { therapy, lastReceivedAt } = await timelineOf(app, patient, at);
  const context = factsContext(app, patient, await mappingContextOf(app, patient), lastReceivedAt);
  return { madeBy, facts: statusFacts(therapy, context), held: heldBy(therapy.held) };
}

export function factsContext(
  app: App,
  { patientId, environment }: PatientKey,
  mapping: MappingContext,
  lastReceivedAt: Temporal.Instant | null,
): FactsContext {
  const identityOf = (life: PumpLife | CatheterLife): string =>
    life.kind === 'pump' ? identityOfPump(mapping, life) : identityOfCatheter(mapping, life);
  return {
    ...{ patientId, environment, lastReceivedAt, identityOf },
    complicationOf: (word) => complicationCode(word, mapping)?.code,
    stabilityDays: app.config.therapy.stabilityDays,
  };
}

/** How much is held back, and since when the first of it. */
export function heldBy(remarks: readonly { readonly entry?: Timeline['entries'][number] | undefined }[]): Held {
  const since = remarks.flatMap(({ entry }) => entry?.when.earliest.epochMilliseconds ?? []);
  return { count: remarks.length, sinceMs: since.length > 0 ? Math.min(...since) : null };
}

/** As columns of `reading`. */
export function factsColumns(app: App, revision: number, kept: KeptFacts) {
  const { from, until } = kept.facts;
  const { dueOn, dueMethod, alarmOn, alarmMethod, refilledOn, refilledWhere, hasPump, heardAtMs } = boardRow(
    kept.facts,
    app.config.calculatedValues,
  );
  return {
    status_revision: revision,
    status_from: msOf(from),
    status_until: until === null ? null : msOf(until),
    facts: JSON.stringify(kept),
    ...{ due_on: dueOn, due_method: dueMethod, alarm_on: alarmOn, alarm_method: alarmMethod },
    ...{ refilled_on: refilledOn, refilled_where: refilledWhere && JSON.stringify(refilledWhere) },
    ...{ has_pump: hasPump ? 1 : 0, heard_at: heardAtMs },
  };
}

export const covers = (fromMs: number, untilMs: number | null, at: Temporal.Instant): boolean =>
  fromMs <= at.epochMilliseconds && (untilMs === null || at.epochMilliseconds < untilMs);

const msOf = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;
