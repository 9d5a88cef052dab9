import type { ClinicalEventOf } from '../event/event.ts';
import type { Problem } from '../event/problem.ts';
import type { Fill, Program } from '../event/program.ts';
import type { Battery } from './battery.ts';
import type { Forecast } from './forecast.ts';
import type { Entry } from './history.ts';
import type { Ml, Ug, UgPerMl } from './quantity.ts';
import type { ResidualAssessment } from './residual.ts';
import type { When } from './when.ts';

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
  /** The event that set the programme: not the one that opened the segment, where the motor only turned again. */
  readonly programmedBy: Entry;
  readonly closedBy?: Entry | undefined;
}

export type EndReason =
  | 'programme-changed'
  | 'bridge-ended'
  | 'pump-stopped'
  | 'pump-explanted'
  | 'programme-unknown'
  | 'patient-died'
  /** An alarm says that nothing is delivered: a motor stall, the end of service. */
  | 'delivery-stopped-by-alarm'
  /** An alarm says that delivery may not be as programmed. */
  | 'delivery-uncertain';

/**
 * An alarm of the pump, once however often it was reported: heard by somebody, read from the log at one interrogation,
 * read again at the next.
 */
export interface AlarmRecord {
  readonly pumpKey: string;
  /** A code of our CodeSystem itb-alarm. */
  readonly code: string;
  readonly when: When;
  readonly criticality?: 'critical' | 'non-critical' | undefined;
  /** What the alarm means for delivery, from the table of alarms. */
  readonly delivery: 'continues' | 'stopped' | 'uncertain' | 'recovered';
  /** The same for a reader, from the table of alarms. */
  readonly inWords?: string | undefined;
  /** When somebody first learned of it: heard, or the interrogation that read the log. */
  readonly learnedAt?: Temporal.Instant | undefined;
  readonly clearedAt?: Temporal.Instant | undefined;
  /** The first entry in the history that reports it. */
  readonly entry: Entry;
  /** All that report it, in the order of the history. */
  readonly reports: readonly Entry<ClinicalEventOf<'alarm'>>[];
}

/** Drug given on top of, or instead of, the running infusion. */
export interface Bolus {
  readonly pumpKey: string;
  readonly kind: 'single' | 'patient-activated';
  readonly doseUg: Ug;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly openedBy: Entry;
}

/** Patient-activated boluses as the pump counted them; those reported one by one are among them. */
export interface BolusCount {
  readonly pumpKey: string;
  readonly delivered: number;
  readonly denied?: number | undefined;
  /** Start of the count: as stated, else the session before. */
  readonly since?: Temporal.Instant | undefined;
  /** What all delivered ones came to; undefined where the dose of one is not known. */
  readonly doseUg?: Ug | undefined;
  readonly entry: Entry;
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
  /** Of the drug that was filled last, whatever is programmed. */
  readonly filledUgPerMl?: UgPerMl | undefined;
  readonly forecast?: Forecast | undefined;
  readonly battery?: Battery | undefined;
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
  /** When the drug that it comes from has left tubing and catheter. */
  readonly until?: Temporal.Instant | undefined;
}
