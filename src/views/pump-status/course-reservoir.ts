import { isMore, type Ml, noVolume, toNumber } from '../../therapy/quantity.ts';
import type { Session } from '../../therapy/records.ts';
import { advance, type Reservoir } from '../../therapy/reservoir.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { isBefore } from '../../therapy/when.ts';
import type { Course } from './course-schema.ts';

type ReservoirCourse = Course['reservoirs'][number];
type Point = ReservoirCourse['points'][number];

/**
 * The calculated volume of a pump in use: at its last fill and each session since, and from there in even steps to the
 * end by calculation. A volume that has come down to nothing is no point: what is left then is not known.
 */
export function reservoirCourse(
  therapy: Timeline,
  pump: PumpState,
  device: string,
  calculatedValues: 'shown' | 'withheld',
): ReservoirCourse {
  const nothing = { device, alarmVolumeMl: null, endAt: null, points: [] };
  if (calculatedValues === 'withheld') return { ...nothing, method: 'withheld' };
  const sessions = sinceLastFill(therapy, pump);
  const points = [...sessions.slice(0, -1).flatMap(pointOf), ...goingOn(therapy, pump, sessions.at(-1))];
  if (points.length === 0) return { ...nothing, method: 'unknown' };
  const { forecast } = pump;
  return {
    device,
    method: 'calculated',
    alarmVolumeMl: forecast ? toNumber(forecast.alarmVolumeMl, 2) : null,
    endAt: forecast?.endAt?.toString() ?? null,
    points,
  };
}

function sinceLastFill(therapy: Timeline, { life }: PumpState): Session[] {
  const sessions = therapy.sessions.filter(({ pumpKey }) => pumpKey === life.key);
  const lastFill = therapy.fills.findLast(({ pumpKey }) => pumpKey === life.key)?.entry;
  return sessions.slice(
    Math.max(
      0,
      sessions.findIndex(({ entry }) => entry === lastFill),
    ),
  );
}

const pointOf = ({ entry, reservoirMl }: Session): Point[] => point(entry.when.earliest, reservoirMl, 'past');

const steps = 24;

/** From the last session on: even steps to the end, and besides now and the instant of the alarm volume. */
function goingOn({ asOf }: Timeline, pump: PumpState, last: Session | undefined): Point[] {
  const { forecast } = pump;
  const start = asLeftBy(pump, last);
  const lengthMs = forecast?.endAt ? start.at.until(forecast.endAt).total('milliseconds') : 0;
  const even = Array.from({ length: steps }, (_, n) =>
    start.at.add({ milliseconds: Math.floor((lengthMs / steps) * n) }),
  );
  const instants = new Map(
    [...even, asOf, forecast?.alarmAt ?? []]
      .flat()
      .filter((at) => !isBefore(at, start.at))
      .map((at) => [at.epochMilliseconds, at]),
  );
  return [...instants.values()]
    .toSorted(Temporal.Instant.compare)
    .flatMap((at) => point(at, advance(start, at).volumeMl, isBefore(asOf, at) ? 'projection' : 'past'));
}

/** The reservoir as the last session left it, where the flow is still the same; else as it is now. */
function asLeftBy({ reservoir }: PumpState, last: Session | undefined): Reservoir {
  const from = reservoir.schedule[0]?.from;
  const at = last?.entry.when.earliest;
  return at && from && !isBefore(at, from) ? { ...reservoir, at, volumeMl: last.reservoirMl } : reservoir;
}

function point(at: Temporal.Instant, volumeMl: Ml | undefined, kind: Point['kind']): Point[] {
  if (volumeMl === undefined || !isMore(volumeMl, noVolume)) return [];
  return [{ at: at.toString(), volumeMl: toNumber(volumeMl, 2), kind }];
}
