import { pumpKey } from '../../therapy/device-life.ts';
import type { Timeline } from '../../therapy/timeline.ts';
import { isBefore, whenOf } from '../../therapy/when.ts';
import { recordOf } from './fact.ts';
import type { FactsContext } from './facts-context.ts';
import type { PumpStatus } from './status-schema.ts';

/** Complications that were not reported as over, oldest first. */
export function openComplications(therapy: Timeline, context: FactsContext): PumpStatus['openComplications'] {
  return open(therapy).map((entry) => {
    const { code, severity, outcome, pump } = entry.event;
    const about = pump && therapy.pumps.find(({ life }) => life.key === pumpKey(pump));
    return {
      code: context.complicationOf(code) ?? code,
      at: entry.when.text,
      severity: severity ?? null,
      outcome: outcome ?? null,
      device: about ? context.identityOf(about.life) : null,
      ...recordOf(entry),
    };
  });
}

/** When the next of them is over, as reported; undefined where none is reported to end. */
export function nextResolution(therapy: Timeline): Temporal.Instant | undefined {
  const ends = open(therapy).flatMap((entry) => endOf(entry) ?? []);
  return ends.toSorted(Temporal.Instant.compare)[0];
}

type Complication = Timeline['complications'][number];

const open = ({ complications, asOf }: Timeline): Complication[] =>
  complications.filter((entry) => {
    const { outcome } = entry.event;
    const end = endOf(entry);
    return !(end && !isBefore(asOf, end)) && !(outcome && over.has(outcome));
  });

function endOf({ event: { resolvedAt }, when }: Complication): Temporal.Instant | undefined {
  return resolvedAt === undefined ? undefined : whenOf(resolvedAt, when.zone).latest;
}

const over: ReadonlySet<string> = new Set(['resolved', 'resolvedWithSequelae', 'fatal']);
