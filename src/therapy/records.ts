import type { Problem } from '../event/problem.ts';
import type { Fill, Program } from '../event/program.ts';
import type { Forecast } from './forecast.ts';
import type { Entry } from './history.ts';
import type { Ml, Ug, UgPerMl } from './quantity.ts';
import type { ResidualAssessment } from './residual.ts';

/** What the fold over the history records. */

/** One stretch of delivery at one programme, half-open `[start, end)`; segments of a pump never overlap. */
export interface Segment {
  readonly pumpKey: string;
  readonly role: 'infusion' | 'bridge';
  readonly program: Program;
  /** The concentration that the drug in the tubing has: of the bridge, the old one. */
  readonly concentrationUgPerMl?: UgPerMl | undefined;
  readonly start: Temporal.Instant;
  readonly end?: Temporal.Instant | undefined;
  readonly endReason?: EndReason | undefined;
  readonly openedBy: Entry;
  readonly closedBy?: Entry | undefined;
}

export type EndReason = 'programme-changed' | 'bridge-ended' | 'pump-stopped' | 'pump-explanted' | 'programme-unknown';

/** Drug given on top of, or instead of, the running infusion. */
export interface Bolus {
  readonly pumpKey: string;
  readonly kind: 'single' | 'patient-activated';
  readonly doseUg: Ug;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly openedBy: Entry;
}

/** Drug that fills tubing and catheter: not delivered. */
export interface Priming {
  readonly pumpKey: string;
  readonly volumeMl: Ml;
  readonly at: Temporal.Instant;
  readonly entry: Entry;
}

export interface FillRecord {
  readonly pumpKey: string;
  readonly fill: Fill;
  readonly entry: Entry;
  readonly residual: ResidualAssessment;
}

/** What one event about a pump left behind: programme, calculated volume, forecast. */
export interface Session {
  readonly pumpKey: string;
  readonly entry: Entry;
  readonly program?: Program | undefined;
  readonly changePercent?: number | undefined;
  readonly reservoirMl?: Ml | undefined;
  readonly forecast?: Forecast | undefined;
  readonly residual?: ResidualAssessment | undefined;
}

/** Something that a reader should see beside the facts. It never blocks them. */
export interface Flag {
  readonly problem: Problem;
  readonly pumpKey?: string | undefined;
  readonly entry: Entry;
  /** For reviewers only: what might have been delivered. Never shown as a fact. */
  readonly forReviewers?: PossibleDelivery | undefined;
}

export interface PossibleDelivery {
  readonly programmedUgPerDay: number;
  readonly possibleUgPerDay: number;
  readonly ratio: number;
  readonly from?: Temporal.Instant | undefined;
}
