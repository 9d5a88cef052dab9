import type { StatusFacts } from './facts.ts';
import type { Moving } from './moving.ts';
import type { OnePump } from './pump-schema.ts';

/** What the refill board lists and sorts patients by. Dates are ISO dates. */
export interface BoardRow {
  /** Whether a pump is in use and the clinic still looks after it. */
  readonly hasPump: boolean;
  /** Earliest day by which a pump in use is due for its refill: as the programmer showed it, else ours. */
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
  const [due, alarm] = (['dueBy', 'alarmDate'] as const).map((name) =>
    earliest(inUse.flatMap(({ moving }) => dated(moving, name, calculatedValues))),
  );
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

function dated({ theirs, ours }: Moving, name: 'dueBy' | 'alarmDate', shown: 'shown' | 'withheld'): Dated[] {
  const [reported, calculated] = [theirs[name], shown === 'shown' ? ours?.[name] : undefined];
  if (reported !== undefined) return [{ on: reported, method: 'reported' }];
  return calculated === undefined ? [] : [{ on: calculated, method: 'calculated' }];
}

const earliest = (dates: readonly Dated[]): Dated | undefined => dates.toSorted((a, b) => compareText(a.on, b.on))[0];

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
