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
import { statusFacts } from '../views/pump-status/facts.ts';
import type { FactsContext } from '../views/pump-status/facts-context.ts';
import { type KeptStatus, keptStatus } from './kept-status.ts';

/** A status as the ledger gives it at this instant. Without mapping: what only mapping holds back is found in review. */
export async function statusOf(app: App, patient: PatientKey, at: Temporal.Instant, by: string): Promise<KeptStatus> {
  const { therapy, lastReceivedAt } = await timelineOf(app, patient, at);
  const context = factsContext(app, patient, await mappingContextOf(app, patient), lastReceivedAt);
  return keptStatus(app, by, statusFacts(therapy, context), heldBy(therapy.held));
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
