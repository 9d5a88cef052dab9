import type { Catheter, Pump } from '../event/device.ts';
import type { ClinicalEventOf } from '../event/event.ts';
import { type ProblemCode, problem } from '../event/problem.ts';
import type { Program } from '../event/program.ts';
import {
  type CatheterLife,
  catheterKey,
  completed,
  isImplanted,
  type PumpLife,
  pumpKey,
  sameCatheter,
} from './device-life.ts';
import type { Forecast } from './forecast.ts';
import { type Entry, placeInTime } from './history.ts';
import { add, type Ml, ml, quantity, type UgPerMl } from './quantity.ts';
import type { Bolus, FillRecord, Flag, PossibleDelivery, Priming, Segment, Session } from './records.ts';
import { type Reservoir, unknownReservoir } from './reservoir.ts';
import { modelFacts, type TherapySettings } from './settings.ts';
import { isBefore } from './when.ts';

/** One pump while the history is folded. */
export interface PumpDraft {
  life: PumpLife;
  program?: Program | undefined;
  reservoir: Reservoir;
  forecast?: Forecast | undefined;
  zone: string;
  /** The running segment, as an index into the draft's segments. */
  open?: number | undefined;
  /** The bridge that runs, and the programme that follows when it ends. */
  bridge?: RunningBridge | undefined;
  lastFill?:
    | { readonly volumeMl: Ml; readonly filledOn: Temporal.PlainDate | undefined; concentration: UgPerMl }
    | undefined;
  alarmVolumeMl?: Ml | undefined;
}

export interface RunningBridge {
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly volumeMl: Ml;
  readonly oldConcentration: UgPerMl | undefined;
  readonly program: Program;
  readonly entry: Entry;
}

/** What the fold has found so far. It lives only inside `timeline`. */
export class Draft {
  readonly settings: TherapySettings;
  readonly pumps = new Map<string, PumpDraft>();
  readonly catheters: CatheterLife[] = [];
  readonly segments: Segment[] = [];
  readonly boluses: Bolus[] = [];
  readonly primings: Priming[] = [];
  readonly fills: FillRecord[] = [];
  readonly sessions: Session[] = [];
  readonly complications: Entry<ClinicalEventOf<'complication'>>[] = [];
  readonly flags: Flag[] = [];
  readonly held: { entry: Entry; problem: ReturnType<typeof problem> }[] = [];

  constructor(settings: TherapySettings) {
    this.settings = settings;
  }

  /** The pump that an event is about: the one it names, else the only one implanted. */
  pumpOf(entry: Entry): PumpDraft | undefined {
    if (entry.event.pump) return this.namedPump(entry.event.pump, entry);
    const implanted = [...this.pumps.values()].filter(({ life }) => isImplanted(life));
    return implanted.length === 1 ? implanted[0] : undefined;
  }

  namedPump(label: Pump, entry: Entry): PumpDraft {
    const key = pumpKey(label);
    const known = this.pumps.get(key);
    if (known) {
      known.life = { ...known.life, label: completed(known.life.label, label) };
      known.zone = entry.when.zone;
      return known;
    }
    const life: PumpLife = { kind: 'pump', key, label, firstEntry: entry };
    const pump: PumpDraft = { life, reservoir: unknownReservoir(placeInTime(entry)), zone: entry.when.zone };
    this.pumps.set(key, pump);
    return pump;
  }

  /** The catheter that a label means: one still implanted that agrees with it, else a new one. */
  namedCatheter(label: Catheter, entry: Entry): number {
    const bySerial = (life: CatheterLife) => label.serialNumber !== undefined && life.key === catheterKey(label, 0);
    const known = this.catheters.findIndex(
      (life) => bySerial(life) || (isImplanted(life) && sameCatheter(life.label, label)),
    );
    if (known >= 0) {
      const life = this.catheters[known] as CatheterLife;
      this.catheters[known] = { ...life, label: completed(life.label, label) };
      return known;
    }
    const sameKey = (life: CatheterLife) => life.key === catheterKey(label, Number(life.key.split('|').at(-1)));
    const count = this.catheters.filter(sameKey).length;
    return this.catheters.push({ kind: 'catheter', key: catheterKey(label, count), label, firstEntry: entry }) - 1;
  }

  updateCatheter(index: number, change: Partial<CatheterLife>): void {
    this.catheters[index] = { ...(this.catheters[index] as CatheterLife), ...change };
  }

  /** Volume of pump tubing and catheter, where both are stated. */
  tubingMl(pump: PumpDraft): Ml | undefined {
    const catheter = this.catheters.findLast((life) => life.pumpKey === pump.life.key && isImplanted(life));
    const ofPump = pump.life.label.tubingMl ?? modelFacts(this.settings, pump.life.label.model)?.tubingMl;
    const ofCatheter = catheter?.label.volumeMl;
    if (ofPump === undefined || ofCatheter === undefined) return undefined;
    return add(ml(ofPump), ml(ofCatheter));
  }

  alarmVolumeOf(pump: PumpDraft): Ml {
    const ofModel = modelFacts(this.settings, pump.life.label.model)?.lowReservoirAlarmMl;
    return pump.alarmVolumeMl ?? ml(ofModel ?? this.settings.lowReservoirAlarmMl);
  }

  hold(entry: Entry, code: ProblemCode, message: string, field?: string): void {
    const place = { ...(field && { field }), eventId: entry.source.reportEventId };
    this.held.push({ entry, problem: problem(code, message, place) });
  }

  flag(entry: Entry, pump: PumpDraft, code: ProblemCode, message: string, forReviewers?: PossibleDelivery): void {
    const place = { eventId: entry.source.reportEventId };
    this.flags.push({ problem: problem(code, message, place, 'warning'), pumpKey: pump.life.key, entry, forReviewers });
  }

  /** Instants after `at` at which what is known now changes by itself. */
  changesAfter(at: Temporal.Instant): Temporal.Instant[] {
    const bridges = [...this.pumps.values()].flatMap((pump) => pump.bridge?.end ?? []);
    const boluses = this.boluses.map((bolus) => bolus.end);
    return [...bridges, ...boluses].filter((change) => isBefore(at, change));
  }
}

export const concentrationOf = (program: Program | undefined): UgPerMl | undefined =>
  program?.concentrationUgPerMl === undefined ? undefined : quantity(program.concentrationUgPerMl);
