import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/event/program.ts';
import { placeInTime } from '../../src/therapy/history.ts';
import type { Segment, Session } from '../../src/therapy/records.ts';
import { sameProgram } from '../../src/therapy/same-program.ts';
import type { Timeline } from '../../src/therapy/timeline.ts';
import { asOf, patientOf, therapyOf } from '../stories/story.ts';
import { eventsOf, exactSteps, type Step, therapySteps, timeOf } from './generate.ts';

const runs = { numRuns: 500 };

function fold(steps: readonly Step[], at = asOf): Timeline {
  const events = eventsOf(steps);
  return therapyOf(events, patientOf(events[0] as never), at);
}

const startMs = ({ start }: Segment): number => start.epochMilliseconds;
const endMs = ({ end }: Segment): number => end?.epochMilliseconds ?? Infinity;

/** The segments of each pump. */
const byPump = (therapy: Timeline): Segment[][] =>
  therapy.pumps.map(({ life }) => therapy.segments.filter(({ pumpKey }) => pumpKey === life.key));

describe('the segments of a pump', () => {
  it('are half-open, have a length, follow each other and never overlap; only the last may be open', () => {
    fc.assert(
      fc.property(therapySteps, (steps) => {
        const therapy = fold(steps);
        expect(byPump(therapy).flat()).toHaveLength(therapy.segments.length);
        for (const segments of byPump(therapy)) {
          segments.forEach((segment, n) => {
            const next = segments[n + 1];
            expect(startMs(segment)).toBeLessThan(Math.min(endMs(segment), asOf.epochMilliseconds));
            if (next) expect(endMs(segment)).toBeLessThanOrEqual(startMs(next));
            expect(segment.end === undefined).toBe(segment.endReason === undefined);
          });
        }
      }),
      runs,
    );
  });

  it('say what the programme says: at every instant one runs as programmed, or the pump is stopped, stalled or unknown', () => {
    fc.assert(
      fc.property(exactSteps, (steps) => {
        const therapy = fold(steps);
        for (const [n, { life }] of therapy.pumps.entries()) {
          const segments = byPump(therapy)[n] as Segment[];
          const sessions = therapy.sessions.filter(({ pumpKey }) => pumpKey === life.key);
          for (const ms of instantsOf(segments, sessions)) {
            const session = sessions.findLast(({ entry }) => placeInTime(entry).epochMilliseconds <= ms);
            const running = segments.filter((segment) => startMs(segment) <= ms && ms < endMs(segment));
            const last = segments.findLast((segment) => startMs(segment) <= ms);
            const rest = restOf(session, last && endMs(last) <= ms ? last : undefined, therapy);
            expect([running.length, rest !== undefined], at(ms)).toEqual(running[0] ? [1, false] : [0, true]);
            if (running[0]) expect(isProgrammed(running[0], session?.program), at(ms)).toBe(true);
          }
        }
      }),
      runs,
    );
  });
});

describe('as the time of asking moves on', () => {
  /** Two instants from the implant to two months after the last event, or years later, the earlier one first. */
  const asked = fc.tuple(therapySteps, fc.nat(), fc.nat(90_000), fc.oneof(fc.nat(90_000), fc.constant(3_500_000)));

  it('what ended before stays as it was, and so does what each session left: programme, volume and forecast', () => {
    fc.assert(
      fc.property(asked, (picked) => {
        const [then, later] = atBoth(picked);
        const ended = (therapy: Timeline) =>
          byPump(therapy).map((all) => all.filter((one) => hasEnded(one, then.asOf)));
        expect(plain(ended(later).slice(0, then.pumps.length))).toEqual(plain(ended(then)));
        for (const kind of ['sessions', 'fills', 'boluses', 'primings', 'bolusCounts'] as const) {
          expect(plain(later[kind].slice(0, then[kind].length)), kind).toEqual(plain(then[kind]));
        }
      }),
      runs,
    );
  });

  function atBoth([steps, pick, minutes, more]: [readonly Step[], number, number, number]): [Timeline, Timeline] {
    const events = eventsOf(steps);
    const then = timeOf(events[pick % events.length] as never).add({ minutes });
    return [fold(steps, then), fold(steps, then.add({ minutes: more }))];
  }
});

const hasEnded = ({ end }: Segment, then: Temporal.Instant): boolean =>
  end !== undefined && Temporal.Instant.compare(end, then) <= 0;

/** Instants and decimals as text, so that they are compared by what they say. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const at = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(ms).toString();

/** Every instant at which anything is reported, begins or ends, the millisecond before it, and one amid each. */
function instantsOf(segments: readonly Segment[], sessions: readonly Session[]): number[] {
  const first = sessions[0] ? placeInTime(sessions[0].entry).epochMilliseconds : Infinity;
  const edges = [
    ...segments.flatMap((segment) => [startMs(segment), endMs(segment)]),
    ...sessions.map(({ entry }) => placeInTime(entry).epochMilliseconds),
    asOf.epochMilliseconds,
  ].filter(Number.isFinite);
  const ordered = [...new Set(edges)].toSorted((a, b) => a - b);
  const amid = ordered.map((ms, n) => Math.floor((ms + (ordered[n + 1] ?? ms)) / 2));
  return [...ordered, ...ordered.map((ms) => ms - 1), ...amid].filter((ms) => ms >= first);
}

/** Why nothing runs, as the last session and the segment that ended last state it; undefined where nothing says so. */
function restOf(session: Session | undefined, ended: Segment | undefined, therapy: Timeline): string | undefined {
  const mode = session?.program?.mode;
  if (mode === undefined) return 'unknown';
  if (mode === 'stopped' || mode === 'single-bolus') return mode;
  const told = ended?.endReason;
  if (ended && stalledAt(endMs(ended), ended.pumpKey, therapy)) return 'delivery-stopped-by-alarm';
  return told === 'delivery-stopped-by-alarm' || told === 'pump-explanted' ? told : undefined;
}

/** The motor stalled in the very instant in which a bridge ended: the infusion behind it had no length. */
const stalledAt = (ms: number, pumpKey: string, { alarms }: Timeline): boolean =>
  alarms.some(
    (alarm) =>
      alarm.pumpKey === pumpKey && alarm.delivery === 'stopped' && alarm.when.earliest.epochMilliseconds === ms,
  );

const isProgrammed = ({ program }: Segment, set: Program | undefined): boolean =>
  set !== undefined && sameProgram(program, set);
