import type { Catheter, Pump } from '../event/device.ts';
import type { ClinicalEventOf } from '../event/event.ts';
import { type ProblemCode, problem } from '../event/problem.ts';
import type { Program } from '../event/program.ts';
import type { Baseline } from './baseline.ts';
import type { Battery } from './battery.ts';
import type { BridgeLeft } from './bridge.ts';
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
import type { Interruption } from './interruption.ts';
import { modelFacts } from './model-facts.ts';
import { add, type Ml, ml, quantity, type UgPerMl } from './quantity.ts';
import type {
  AlarmRecord,
  Bolus,
  BolusCount,
  FillRecord,
  Flag,
  PossibleDelivery,
  Priming,
  Segment,
  Session,
} from './records.ts';
import { type Reservoir, unknownReservoir } from './reservoir.ts';
import type { ResidualBaseline } from './residual.ts';
import type { PumpModel, TherapySettings } from './settings.ts';
import { isBefore, type When, whenOf } from './when.ts';

/** One pump while the history is folded. */
export interface PumpDraft {
  life: PumpLife;
  program?: Program | undefined;
  /** The event that set the programme. */
  programmedBy?: Entry | undefined;
  reservoir: Reservoir;
  forecast?: Forecast | undefined;
  battery?: Battery | undefined;
  zone: string;
  /** The running segment, as an index into the draft's segments. */
  open?: number | undefined;
  /** The bridge that runs, and the programme that follows when it ends. */
  bridge?: RunningBridge | undefined;
  /** An alarm said that the pump does not deliver what it is programmed to. */
  interrupted?: Interruption | undefined;
  /** How far the clock of the pump is ahead of UTC, since it was programmed last. */
  clockOffsetMs?: number | undefined;
  /** The concentration that ran when the event came: a bridge that it states clears this. */
  running?: UgPerMl | undefined;
  lastFill?: LastFill | undefined;
  /** The reservoir was emptied since the last fill: what is left is counted from there. */
  emptied?: ResidualBaseline | undefined;
  /** A bridge was cut off by a stop: this much old drug is still in the tubing. */
  uncleared?: BridgeLeft | undefined;
  /** The patient died: nothing is to come. */
  ended?: true | undefined;
  alarmVolumeMl?: Ml | undefined;
  /** The event by which it was implanted. */
  implantedBy?: Entry | undefined;
}

export interface LastFill {
  /** Volume after the fill, and after a prime that followed it. */
  readonly volumeMl: Ml;
  readonly filledOn: Temporal.PlainDate | undefined;
  readonly filledAt: Temporal.Instant | undefined;
  readonly concentration: UgPerMl;
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
  /** Facts of the patient, which limits on a change of dose depend on. */
  baseline: Baseline = {};
  readonly pumps = new Map<string, PumpDraft>();
  readonly catheters: CatheterLife[] = [];
  readonly segments: Segment[] = [];
  readonly boluses: Bolus[] = [];
  readonly primings: Priming[] = [];
  readonly fills: FillRecord[] = [];
  readonly sessions: Session[] = [];
  readonly complications: Entry<ClinicalEventOf<'complication'>>[] = [];
  readonly alarms: AlarmRecord[] = [];
  readonly bolusCounts: BolusCount[] = [];
  readonly flags: Flag[] = [];
  readonly held: { entry: Entry; problem: ReturnType<typeof problem> }[] = [];

  private readonly entries: readonly Entry[];
  private readonly later: readonly Entry[];
  private position = 0;

  /** `later` is what was reported and lies after the instant that is asked about. */
  constructor(settings: TherapySettings, entries: readonly Entry[], later: readonly Entry[]) {
    this.settings = settings;
    this.entries = entries;
    this.later = later;
  }

  /** The entries of the history, each in its turn. */
  *inTurn(): Generator<Entry> {
    for (const entry of this.entries) {
      this.position++;
      yield entry;
    }
  }

  /** What is reported to have happened after the entry whose turn it is, whatever instant is asked about. */
  ahead(): readonly Entry[] {
    return [...this.entries.slice(this.position), ...this.later];
  }

  /** The pump that an event is about: the one it names, else the only one implanted. */
  pumpOf(entry: Entry): PumpDraft | undefined {
    if (entry.event.pump) return this.namedPump(entry.event.pump, entry);
    const implanted = this.implantedPumps();
    return implanted.length === 1 ? implanted[0] : undefined;
  }

  implantedPumps(): PumpDraft[] {
    return [...this.pumps.values()].filter(({ life }) => isImplanted(life));
  }

  factsOf(pump: PumpDraft): PumpModel | undefined {
    return modelFacts(this.settings, pump.life.label);
  }

  namedPump(label: Pump, entry: Entry): PumpDraft {
    const key = pumpKey(label);
    const known = this.pumps.get(key);
    const { zone } = entry.when;
    if (known) {
      const implanted = known.life.implanted ?? statedImplant(label, zone);
      known.life = { ...known.life, label: completed(known.life.label, label), implanted };
      known.zone = zone;
      return known;
    }
    const life: PumpLife = { kind: 'pump', key, label, firstEntry: entry, implanted: statedImplant(label, zone) };
    const pump: PumpDraft = { life, reservoir: unknownReservoir(placeInTime(entry)), zone };
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
      const implanted = life.implanted ?? statedImplant(label, entry.when.zone);
      this.catheters[known] = { ...life, label: completed(life.label, label), implanted };
      return known;
    }
    const sameKey = (life: CatheterLife) => life.key === catheterKey(label, Number(life.key.split('|').at(-1)));
    const count = this.catheters.filter(sameKey).length;
    const implanted = statedImplant(label, entry.when.zone);
    return (
      this.catheters.push({ kind: 'catheter', key: catheterKey(label, count), label, firstEntry: entry, implanted }) - 1
    );
  }

  updateCatheter(index: number, change: Partial<CatheterLife>): void {
    this.catheters[index] = { ...(this.catheters[index] as CatheterLife), ...change };
  }

  /** Volume of pump tubing and catheter, where both are stated. */
  tubingMl(pump: PumpDraft): Ml | undefined {
    const catheter = this.catheters.findLast((life) => life.pumpKey === pump.life.key && isImplanted(life));
    const ofPump = pump.life.label.tubingMl ?? this.factsOf(pump)?.tubingMl;
    const ofCatheter = catheter?.label.volumeMl;
    if (ofPump === undefined || ofCatheter === undefined) return undefined;
    return add(ml(ofPump), ml(ofCatheter));
  }

  alarmVolumeOf(pump: PumpDraft): Ml {
    const ofModel = this.factsOf(pump)?.lowReservoirAlarmMl;
    return pump.alarmVolumeMl ?? ml(ofModel ?? this.settings.lowReservoirAlarmMl);
  }

  /** Keeps an event back: one report, one item, also where it tells of several happenings. */
  hold(entry: Entry, code: ProblemCode, message: string, field?: string): void {
    const isSame = (other: Entry) =>
      other.source.system === entry.source.system && other.source.reportEventId === entry.source.reportEventId;
    if (this.held.some((item) => isSame(item.entry) && item.problem.code === code)) return;
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
    const alarms = this.alarms.flatMap((alarm) => alarm.clearedAt ?? []);
    return [...bridges, ...boluses, ...alarms].filter((change) => isBefore(at, change));
  }
}

export const concentrationOf = (program: Program | undefined): UgPerMl | undefined =>
  program?.concentrationUgPerMl === undefined ? undefined : quantity(program.concentrationUgPerMl);

/** Whether an event may be about this pump: it names it, or none. */
export const isAbout = ({ event }: Entry, pump: PumpDraft): boolean =>
  event.pump === undefined || pumpKey(event.pump) === pump.life.key;

/** A label may say when the device was implanted, where no implant was reported. */
const statedImplant = ({ implantedOn }: Pump | Catheter, zone: string): When | undefined =>
  implantedOn === undefined ? undefined : whenOf(implantedOn, zone);
