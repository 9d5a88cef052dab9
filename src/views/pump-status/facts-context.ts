import type { CatheterLife, PumpLife } from '../../therapy/device-life.ts';

/** What the facts need beside the timeline. All of it is data. */
export interface FactsContext {
  readonly patientId: string;
  readonly environment: 'live' | 'test';
  /** When the newest report about the patient was received; null: none was. */
  readonly lastReceivedAt: Temporal.Instant | null;
  /** The identity of the Device resource of a pump or a catheter. */
  identityOf(life: PumpLife | CatheterLife): string;
  /** Our code of a complication, however the source writes it; undefined for one that no table knows. */
  complicationOf(word: string): string | undefined;
  /** Longest recommended time between fills, where the model names none. */
  readonly stabilityDays: number;
}
