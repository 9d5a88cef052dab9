import type { Pump } from '../../event/device.ts';
import type { ClinicalEvent } from '../../event/event.ts';
import type { Problem, ProblemCode } from '../../event/problem.ts';
import type { Program } from '../../event/program.ts';
import type { Baseline } from '../baseline.ts';
import type { LastFill } from '../draft.ts';
import type { Entry } from '../history.ts';
import type { Session } from '../records.ts';
import type { Reservoir } from '../reservoir.ts';
import type { PumpModel, TherapySettings } from '../settings.ts';
import type { When } from '../when.ts';

/** How the pump stood when the event came. */
export interface Before {
  readonly program: Program | undefined;
  readonly reservoir: Reservoir;
  readonly lastFill: LastFill | undefined;
}

/** One event beside all that it can be compared with. */
export interface Checked {
  readonly event: ClinicalEvent;
  readonly entry: Entry;
  readonly settings: TherapySettings;
  /** The pump as all reports until now label it. */
  readonly label: Pump;
  readonly model: PumpModel | undefined;
  readonly implanted: When | undefined;
  readonly before: Before;
  /** The programme that the event left. */
  readonly program: Program | undefined;
  /** What the event left behind, and what earlier events about this pump did. */
  readonly session: Session;
  readonly earlier: readonly Session[];
  readonly baseline: Baseline;
}

/** What a reader should know: in words without any value, at a place in the event. */
export interface Finding {
  readonly code: ProblemCode;
  readonly message: string;
  readonly field: string;
  /** A warning where absent. */
  readonly severity?: Problem['severity'] | undefined;
}

/** Compares; it never blocks and never changes anything. */
export type Check = (checked: Checked) => readonly Finding[];

/** What rests on a fact of the model whose source was not verified informs; it does not warn. */
export function severityBy(model: PumpModel | undefined, fact: keyof PumpModel): 'information' | undefined {
  return model?.unverified?.includes(fact) ? 'information' : undefined;
}
