import type { CanonicalEvent } from '../../src/event/event.ts';
import { flexStepMinutes, type Program } from '../../src/event/program.ts';
import { toNumber } from '../../src/therapy/quantity.ts';
import type { Segment } from '../../src/therapy/records.ts';
import { sameProgram } from '../../src/therapy/same-program.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';

/** What a programme moves, counted again in plain numbers and in another way than the adapter counts it. */

type Entry = Timeline['entries'][number];

const msPerMinute = 60_000;
const minutesPerDay = 1440;
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Drug of a flex programme between two instants, day by day of the pump clock and step by step, in ug. */
export function flexUg(program: Extract<Program, { mode: 'flex' }>, fromMs: number, toMs: number, offsetMs: number) {
  const from = (fromMs + offsetMs) / msPerMinute;
  const to = (toMs + offsetMs) / msPerMinute;
  let ug = 0;
  for (let day = Math.floor(from / minutesPerDay); day * minutesPerDay < to; day++) {
    const midnight = day * minutesPerDay;
    for (const { start, length, share } of piecesOfDay(stepsOn(program, day))) {
      const begins = midnight + start;
      const overlap = Math.min(to, begins + length) - Math.max(from, begins);
      if (overlap > 0) ug += share * (overlap / length);
    }
  }
  return ug;
}

function stepsOn(program: Extract<Program, { mode: 'flex' }>, day: number) {
  const monday = 4;
  const weekday = weekdays[(((day - monday) % 7) + 7) % 7];
  const own = program.weekdayPatterns?.find(({ days }) => weekday !== undefined && days.includes(weekday));
  return (own ?? program).flexSteps;
}

/** Pieces between midnight and midnight: a step that passes midnight has one at each end of the day. */
function piecesOfDay(steps: Extract<Program, { mode: 'flex' }>['flexSteps']) {
  return steps.flatMap((step) => {
    const [hour, minute] = step.start.split(':').map(Number) as [number, number];
    const minutes = flexStepMinutes(step);
    const start = hour * 60 + minute;
    const before = Math.min(minutes, minutesPerDay - start);
    const pieces = [{ start, length: before }, ...(before < minutes ? [{ start: 0, length: minutes - before }] : [])];
    return pieces.map((piece) => ({ ...piece, share: step.doseUg * (piece.length / minutes) }));
  });
}

/** Where the volume of one pump went, in mL; `leftMl` is undefined where nothing says how much the pump moved. */
export interface Count {
  filledMl: number;
  deliveredMl: number;
  bolusedMl: number;
  primedMl: number;
  removedMl: number;
  leftMl: number | undefined;
}

/**
 * Counts one pump of a therapy whose times are known to the minute. Taken from the timeline is only what ran from when to
 * when, what was filled and given, and what each session left programmed: no flow and no volume.
 */
export class ByHand {
  readonly count: Count = { ...nothing, leftMl: undefined };
  /** Not counted here: a bolus during a stall, where a bridge may wait, and a gas-driven pump that is implanted again. */
  isDoubtful = false;

  private readonly therapy: Timeline;
  private readonly pumpKey: string;
  private readonly segments: readonly Segment[];
  private atMs = 0;
  private offsetMs = 0;
  /** What the last session left programmed; the concentration that was programmed last, and that filled last. */
  private program: Program | undefined;
  private lastRunning: Program | undefined;
  private programmed: number | undefined;
  private filled: number | undefined;
  private readonly known = new Set<string>();
  private readonly implanted = new Set<string>();

  constructor(therapy: Timeline, pumpKey: string) {
    this.therapy = therapy;
    this.pumpKey = pumpKey;
    this.segments = therapy.segments.filter((segment) => segment.pumpKey === pumpKey);
    for (const entry of therapy.entries) this.happen(entry);
    this.moveTo(therapy.asOf.epochMilliseconds);
  }

  private happen(entry: Entry): void {
    this.moveTo(entry.when.earliest.epochMilliseconds);
    const session = this.therapy.sessions.find((one) => one.entry === entry);
    const event = entry.event as CanonicalEvent;
    const wasExplanted = this.known.has(this.pumpKey) && !this.implanted.has(this.pumpKey);
    if (session) this.follow(session, event);
    if (session?.pumpKey !== this.pumpKey) return;
    this.boluses(entry, event);
    if (event.type === 'implant' && wasExplanted) {
      this.count.leftMl = undefined;
      this.isDoubtful ||= this.isGasDriven();
    }
    const fills = this.therapy.fills.filter((fill) => fill.entry === entry);
    for (const { fill } of fills) this.fill(fill.volumeMl);
    if (event.type === 'reservoir-emptied') this.fill(0);
    for (const prime of this.therapy.primings.filter((one) => one.entry === entry)) {
      this.take('primedMl', toNumber(prime.volumeMl, 12));
    }
    if (this.setsClock(event)) this.offsetMs = offsetOf(entry);
    this.program = session.program;
    if (session.program && !rests(session.program)) this.lastRunning = session.program;
    if (session.program) this.programmed = session.program.concentrationUgPerMl;
    this.filled = fills[0]?.fill.concentrationUgPerMl ?? this.filled;
    // A programme of one bolus is drawn at the concentration that it states.
    if (event.type !== 'bolus') this.give(entry, this.programmed);
  }

  /** Follows which pumps are implanted: one that replaces the only other one ends it. */
  private follow({ pumpKey }: { pumpKey: string }, event: CanonicalEvent): void {
    if (!this.known.has(pumpKey) || event.type === 'implant') this.implanted.add(pumpKey);
    this.known.add(pumpKey);
    if (event.type === 'explant' && (event.removed ?? ['pump']).includes('pump')) this.implanted.delete(pumpKey);
    if (event.type !== 'revision' || event.component !== 'pump') return;
    const [other, ...more] = [...this.implanted].filter((key) => key !== pumpKey);
    if (!other || more.length > 0) return;
    this.implanted.delete(other);
    if (other === this.pumpKey) this.program = { mode: 'stopped' };
  }

  /** The clock of the pump is set when it is programmed, not when it is read and found as it was. */
  private setsClock(event: CanonicalEvent): boolean {
    if (event.type === 'bolus') return event.bolus.kind === 'bridge';
    if (!('program' in event) || !event.program || rests(event.program)) return false;
    return event.type !== 'interrogation' || !this.program || !sameProgram(this.program, event.program);
  }

  private boluses(entry: Entry, event: CanonicalEvent): void {
    const reported = 'reported' in event ? event.reported : undefined;
    if (event.type === 'bolus') this.give(entry, this.concentrationInTubing());
    if (reported?.patientBoluses) this.counted(entry);
  }

  private give(entry: Entry, concentration: number | undefined): void {
    for (const bolus of this.therapy.boluses.filter((one) => one.openedBy === entry)) {
      if (concentration !== undefined) this.take('bolusedMl', toNumber(bolus.doseUg, 12) / concentration);
    }
  }

  /** What was counted, less what was told one by one and what was counted before in the same span. */
  private counted(entry: Entry): void {
    const counts = this.therapy.bolusCounts.filter(({ pumpKey }) => pumpKey === this.pumpKey);
    const n = counts.findIndex((one) => one.entry === entry);
    const count = counts[n];
    if (!count) return;
    const sinceMs = count.since?.epochMilliseconds ?? -Infinity;
    const before = counts.slice(0, n).filter(({ since }) => (since?.epochMilliseconds ?? -Infinity) >= sinceMs);
    const afterMs = Math.max(sinceMs, before.at(-1)?.entry.when.earliest.epochMilliseconds ?? -Infinity);
    const order = this.therapy.entries;
    const single = this.therapy.boluses.filter(
      ({ pumpKey, kind, start, openedBy }) =>
        pumpKey === this.pumpKey &&
        kind === 'patient-activated' &&
        start.epochMilliseconds >= afterMs &&
        order.indexOf(openedBy) < order.indexOf(entry),
    );
    const untold = count.delivered - before.reduce((sum, one) => sum + one.delivered, 0) - single.length;
    if (untold <= 0) return;
    const concentration = this.concentrationInTubing();
    if (count.doseUg === undefined || concentration === undefined) this.count.leftMl = undefined;
    else this.take('bolusedMl', ((toNumber(count.doseUg, 12) / count.delivered) * untold) / concentration);
  }

  /** Of a bridge, and of a bridge that a stall cut off, the old one. */
  private concentrationInTubing(): number | undefined {
    const running = this.segmentAt(this.atMs);
    if (!running && this.program && !rests(this.program)) this.isDoubtful = true;
    const old = running?.role === 'bridge' ? running.concentrationUgPerMl : undefined;
    return old ? toNumber(old, 12) : (this.programmed ?? this.filled);
  }

  private segmentAt(ms: number): Segment | undefined {
    return this.segments.find((segment) => {
      const isOpenStill = endOf(segment) > ms || (endOf(segment) === ms && segment.endReason !== 'bridge-ended');
      return startOf(segment) < ms && isOpenStill;
    });
  }

  private fill(volumeMl: number): void {
    const { leftMl } = this.count;
    if (leftMl === undefined) Object.assign(this.count, nothing);
    this.count.removedMl += leftMl ?? 0;
    this.count.filledMl += volumeMl;
    this.count.leftMl = volumeMl;
  }

  private take(purpose: 'primedMl' | 'bolusedMl' | 'deliveredMl', volumeMl: number): void {
    if (this.count.leftMl === undefined) return;
    const taken = Math.min(volumeMl, this.count.leftMl);
    this.count[purpose] += taken;
    this.count.leftMl -= taken;
  }

  private moveTo(toMs: number): void {
    const cuts = this.segments.flatMap((segment) => [startOf(segment), endOf(segment)]);
    const inside = [...new Set(cuts)].filter((ms) => ms > this.atMs && ms < toMs).toSorted((a, b) => a - b);
    for (const ms of [...inside, toMs]) this.run(ms);
  }

  private run(toMs: number): void {
    const middle = (this.atMs + toMs) / 2;
    const segment = this.segments.find((one) => startOf(one) < middle && endOf(one) > middle);
    const volumeMl = segment ? this.segmentMl(segment, toMs) : this.idleMl(toMs);
    if (toMs > this.atMs) {
      if (volumeMl === undefined) this.count.leftMl = undefined;
      else this.take('deliveredMl', volumeMl);
    }
    this.atMs = toMs;
  }

  private segmentMl(segment: Segment, toMs: number): number | undefined {
    const days = (toMs - this.atMs) / (minutesPerDay * msPerMinute);
    const { program } = segment;
    if (segment.role === 'bridge') return bridgeMlPerDay(segment) * days;
    const fixed = this.fixedMlPerDay(program);
    if (fixed !== undefined) return fixed * days;
    if (program.mode === 'flex' && program.concentrationUgPerMl) {
      return flexUg(program, this.atMs, toMs, this.offsetMs) / program.concentrationUgPerMl;
    }
    const rate = rateOf(program);
    return rate === undefined ? undefined : rate * days;
  }

  /** No segment: stopped or stalled, unless the programme is not known. A gas-driven pump flows on until it is removed. */
  private idleMl(toMs: number): number | undefined {
    const days = (toMs - this.atMs) / (minutesPerDay * msPerMinute);
    const { program } = this;
    if (!program) return undefined;
    if (!rests(program) || !this.implanted.has(this.pumpKey) || !this.isGasDriven()) return 0;
    const rate = this.fixedMlPerDay(this.lastRunning);
    return rate === undefined ? undefined : rate * days;
  }

  private fixedMlPerDay(program: Program | undefined): number | undefined {
    if (!this.isGasDriven()) return undefined;
    const stated = program && 'rateMlPerDay' in program ? program.rateMlPerDay : undefined;
    return this.label()?.flowMlPerDay ?? stated ?? (program && ofDose(program));
  }

  private readonly isGasDriven = (): boolean => this.label()?.manufacturer === 'Codman';
  private readonly label = () => this.therapy.pumps.find(({ life }) => life.key === this.pumpKey)?.life.label;
}

const nothing = { filledMl: 0, deliveredMl: 0, bolusedMl: 0, primedMl: 0, removedMl: 0 };

const rests = ({ mode }: Program): boolean => mode === 'stopped' || mode === 'single-bolus';

const startOf = (segment: Segment): number => segment.start.epochMilliseconds;
const endOf = (segment: Segment): number => segment.end?.epochMilliseconds ?? Infinity;

/** As reported; after a change of the dose, what clears the old drug at the new dose. */
function bridgeMlPerDay({ programmedBy, program, concentrationUgPerMl }: Segment): number {
  const event = programmedBy.event as Stated;
  const isHeeded = event.type !== 'refill' || event.program !== undefined;
  const stated = event.bolus?.kind === 'bridge' ? event.bolus : isHeeded && event.bridge;
  if (stated) return stated.volumeMl / (stated.durationHours / 24);
  const dose = 'doseUgPerDay' in program ? (program.doseUgPerDay ?? Number.NaN) : Number.NaN;
  return dose / (concentrationUgPerMl ? toNumber(concentrationUgPerMl, 12) : Number.NaN);
}

interface StatedBridge {
  readonly volumeMl: number;
  readonly durationHours: number;
}

interface Stated {
  readonly type: string;
  readonly program?: object;
  readonly bridge?: StatedBridge;
  readonly bolus?: StatedBridge & { readonly kind: string };
}

function rateOf(program: Program): number | undefined {
  return ofDose(program) ?? ('rateMlPerDay' in program ? program.rateMlPerDay : undefined);
}

function ofDose(program: Program): number | undefined {
  const dose = 'doseUgPerDay' in program ? program.doseUgPerDay : undefined;
  return dose !== undefined && program.concentrationUgPerMl ? dose / program.concentrationUgPerMl : undefined;
}

function offsetOf({ event, when }: Entry): number {
  return when.earliest.toZonedDateTimeISO(event.timeZone ?? when.zone).offsetNanoseconds / 1e6;
}
