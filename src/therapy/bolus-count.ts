import type { Reported } from '../event/program.ts';
import { concentrationRunning } from './bridge.ts';
import type { Draft, PumpDraft } from './draft.ts';
import type { Entry } from './history.ts';
import { equals, quantity, times, type Ug, volumeOf } from './quantity.ts';
import { take, volumeLost } from './reservoir.ts';
import { isBefore, isExact } from './when.ts';

type Count = NonNullable<Reported['patientBoluses']>;

/**
 * The pump counted patient-activated boluses: their volume has left the reservoir, less what was reported one by one or
 * counted before in the same span. Where the dose of one is not known, the volume is not known any more either.
 */
export function countBoluses(draft: Draft, pump: PumpDraft, entry: Entry, count: Count): void {
  const since = count.since ? Temporal.Instant.from(count.since) : lastSession(draft, pump);
  const oneUg = doseOfOne(draft, pump, since);
  const { delivered, denied } = count;
  const uncounted = Math.max(0, delivered - accountedFor(draft, pump, since));
  draft.bolusCounts.push({
    pumpKey: pump.life.key,
    delivered,
    denied,
    since,
    doseUg: oneUg && times(oneUg, delivered),
    entry,
  });
  if (uncounted === 0) return;
  const concentration = concentrationRunning(pump);
  if (oneUg && concentration) {
    pump.reservoir = take(pump.reservoir, volumeOf(times(oneUg, uncounted), concentration), 'bolusedMl');
    return;
  }
  pump.reservoir = volumeLost(pump.reservoir);
  const message = 'boluses were counted whose dose is not known: what is left in the reservoir is not calculated';
  draft.flag(entry, pump, 'bolus-dose-unknown', message);
}

/** The count begins at the session before, where the report does not say when. */
function lastSession(draft: Draft, pump: PumpDraft): Temporal.Instant | undefined {
  const sessions = draft.sessions.filter(({ pumpKey, entry }) => pumpKey === pump.life.key && isSession(entry));
  return sessions.at(-1)?.entry.when.earliest;
}

/** An alarm or a bolus is no visit: the count of the pump goes on. */
const isSession = ({ event, when }: Entry): boolean =>
  event.type !== 'alarm' && event.type !== 'bolus' && isExact(when);

/** Boluses of the span that have been taken from the reservoir already. */
function accountedFor(draft: Draft, pump: PumpDraft, since: Temporal.Instant | undefined): number {
  const isWithin = (at: Temporal.Instant | undefined) => !since || (at !== undefined && !isBefore(at, since));
  const counted = draft.bolusCounts.filter(({ pumpKey, since: from }) => pumpKey === pump.life.key && isWithin(from));
  const last = counted.at(-1)?.entry.when.earliest;
  const single = draft.boluses.filter(
    ({ pumpKey, kind, start }) =>
      pumpKey === pump.life.key &&
      kind === 'patient-activated' &&
      isWithin(start) &&
      // Those before the last count are in it.
      (!last || !isBefore(start, last)),
  );
  return counted.reduce((sum, { delivered }) => sum + delivered, 0) + single.length;
}

/** The dose of one, where every programme that ran in the span sets the same. */
function doseOfOne(draft: Draft, pump: PumpDraft, since: Temporal.Instant | undefined): Ug | undefined {
  const programs = draft.segments
    .filter(({ pumpKey, end }) => pumpKey === pump.life.key && !(since && end && !isBefore(since, end)))
    .map(({ program }) => program);
  const doses = [...programs, ...(pump.program ? [pump.program] : [])].flatMap((program) =>
    'patientBolus' in program && program.patientBolus ? [quantity(program.patientBolus.doseUg)] : [],
  );
  const [first] = doses;
  return first && doses.every((dose) => equals(dose, first)) ? first : undefined;
}
