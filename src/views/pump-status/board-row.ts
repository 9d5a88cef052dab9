import { type DatesTold, dueOf } from './due.ts';
import type { StatusFacts } from './facts.ts';
import type { Moving } from './moving.ts';
import type { OnePump } from './pump-schema.ts';

/** What the refill board lists and sorts patients by. Dates are ISO dates. */
export interface BoardRow {
  /** Whether a pump is in use and the clinic still looks after it. */
  readonly hasPump: boolean;
  /** Earliest day by which a pump in use is due for its refill (due.ts), ours where the programmer showed a later one. */
  readonly dueOn: string | null;
  readonly dueMethod: 'reported' | 'calculated' | null;
  readonly alarmOn: string | null;
  readonly alarmMethod: 'reported' | 'calculated' | null;
  /** The last refill reported, as precise as it was reported. */
  readonly refilledOn: string | null;
  readonly refilledWhere: {
    readonly setting: OnePump['refill']['setting']['value'];
    readonly place: string | null;
  } | null;
  readonly heardAtMs: number | null;
}

export function boardRow(facts: StatusFacts, calculatedValues: 'shown' | 'withheld'): BoardRow {
  const inUse = facts.pumps.flatMap(({ still, moving }) => (moving ? [{ still, moving }] : []));
  const oursOf = ({ ours }: Moving) => (calculatedValues === 'shown' ? ours : null);
  const ours = (moving: Moving) => (calculatedValues === 'shown' ? oursBeside(moving) : []);
  const due = earliest(inUse.flatMap(({ moving }) => [...dueDated(moving.theirs, oursOf(moving)), ...ours(moving)]));
  const alarm = earliest(inUse.flatMap(({ moving }) => alarmDated(moving.theirs, oursOf(moving))));
  const refill = inUse
    .map(({ still }) => still.refill)
    .filter(({ last }) => last.value !== null)
    .toSorted((a, b) => compareText(b.last.value ?? '', a.last.value ?? ''))[0];
  const { setting, place } = refill ?? {};
  return {
    hasPump: facts.inCare && inUse.length > 0,
    dueOn: due?.on ?? null,
    dueMethod: due?.method ?? null,
    alarmOn: alarm?.on ?? null,
    alarmMethod: alarm?.method ?? null,
    refilledOn: refill?.last.value?.slice(0, 10) ?? null,
    refilledWhere:
      setting?.value || place?.value ? { setting: setting?.value ?? null, place: place?.value ?? null } : null,
    heardAtMs: facts.lastReport ? Temporal.Instant.from(facts.lastReport.at).epochMilliseconds : null,
  };
}

interface Dated {
  readonly on: string;
  readonly method: 'reported' | 'calculated';
}

/** Where the programmer showed a later day the status is late by ours all the same (moving.ts): so is the row. */
function oursBeside({ theirs, ours, stableUntil, emptied }: Moving): Dated[] {
  if (theirs.dueBy === undefined && theirs.alarmDate === undefined) return [];
  const on = ours === null && emptied === undefined ? stableUntil : ours?.dueBy;
  return on === undefined ? [] : [{ on, method: 'calculated' }];
}

/** An alarm date is no due date that a programmer showed: that a refill is due by then is ours. */
function dueDated(theirs: DatesTold, ours: DatesTold | null): Dated[] {
  const due = dueOf(theirs, ours);
  if (!due) return [];
  if (due.kind === 'dueBy') return [{ on: due.on, method: due.basis }];
  return ours ? [{ on: due.on, method: 'calculated' }] : [];
}

function alarmDated(theirs: DatesTold, ours: DatesTold | null): Dated[] {
  if (theirs.alarmDate !== undefined) return [{ on: theirs.alarmDate, method: 'reported' }];
  return ours?.alarmDate === undefined ? [] : [{ on: ours.alarmDate, method: 'calculated' }];
}

const earliest = (dates: readonly Dated[]): Dated | undefined => dates.toSorted((a, b) => compareText(a.on, b.on))[0];

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
