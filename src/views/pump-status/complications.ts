import { pumpKey } from '../../therapy/device-life.ts';
import type { Timeline } from '../../therapy/timeline.ts';
import { isBefore, whenOf } from '../../therapy/when.ts';
import { recordOf } from './fact.ts';
import type { FactsContext } from './facts-context.ts';
import type { PumpStatus } from './status-schema.ts';

/** Complications that were not reported as over, oldest first. */
export function openComplications(therapy: Timeline, context: FactsContext): PumpStatus['openComplications'] {
  return open(therapy).map((entry) => {
    const { code, severity, pump } = entry.event;
    const about = pump && therapy.pumps.find(({ life }) => life.key === pumpKey(pump));
    return {
      code: context.complicationOf(code) ?? code,
      at: entry.when.text,
      severity: severity ?? null,
      outcome: outcomeAt(entry, therapy.asOf).outcome,
      device: about ? context.identityOf(about.life) : null,
      ...recordOf(entry),
    };
  });
}

/** How a complication ended, as known at an instant: one that ends later was not over yet. */
export function outcomeAt(entry: Complication, at: Temporal.Instant) {
  const { outcome = null, resolvedAt = null } = entry.event;
  const end = endOf(entry);
  if (!end || !isBefore(at, end)) return { outcome, resolvedAt };
  return { outcome: isOver(entry) ? null : outcome, resolvedAt: null };
}

/** When the next of them is over, as reported; undefined where none is reported to end. */
export function nextResolution(therapy: Timeline): Temporal.Instant | undefined {
  const ends = open(therapy).flatMap((entry) => endOf(entry) ?? []);
  return ends.toSorted(Temporal.Instant.compare)[0];
}

type Complication = Timeline['complications'][number];

const open = ({ complications, asOf }: Timeline): Complication[] =>
  complications.filter((entry) => {
    const end = endOf(entry);
    return end ? isBefore(asOf, end) : !isOver(entry);
  });

/** Where no end is dated it was over when it was reported. */
const isOver = ({ event: { outcome } }: Complication): boolean => outcome !== undefined && over.has(outcome);

function endOf({ event: { resolvedAt }, when }: Complication): Temporal.Instant | undefined {
  return resolvedAt === undefined ? undefined : whenOf(resolvedAt, when.zone).latest;
}

const over: ReadonlySet<string> = new Set(['resolved', 'resolvedWithSequelae', 'fatal']);
