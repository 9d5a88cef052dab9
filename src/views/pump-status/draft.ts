import { type PlanDates, type StillReasons, stillReasons } from './banner.ts';
import { doubtsReported } from './doubt.ts';
import type { PumpFacts, StatusFacts } from './facts.ts';
import type { Moving } from './moving.ts';
import type { OnePump } from './pump-schema.ts';
import type { PumpStatus } from './status-schema.ts';
import { open, textAround } from './text-around.ts';
import { withoutCalculated } from './withhold.ts';

/**
 * A status as it is kept: what stays the same from one change of the therapy to the next is its JSON text already, and an
 * answer only writes what moves with the asked instant between its pieces (status.ts).
 */
export interface StatusDraft {
  /** Between two of them stands what moves, in the order of the text. */
  readonly pieces: readonly string[];
  /** JSON text: not everybody may read it. */
  readonly carePlan: string;
  readonly needs: StatusNeeds;
}

/** From what that which moves is told, as JSON. */
export interface StatusNeeds extends Pick<StatusFacts, 'zone' | 'lastReport' | 'lastReceivedAt' | 'sources'> {
  /** Whether what our arithmetic gives is shown. */
  readonly shown: 'shown' | 'withheld';
  readonly person: Pick<PumpStatus['person'], 'birthDate' | 'deathReported'>;
  readonly reasons: StillReasons;
  readonly pumps: readonly PumpNeeds[];
}

export interface PumpNeeds {
  readonly device: string;
  readonly isExplanted: boolean;
  readonly delivery: OnePump['programme']['delivery'];
  readonly doubts: readonly string[];
  readonly dates: PlanDates;
  readonly moving: Moving | null;
}

export function draftOf(facts: StatusFacts, shown: StatusNeeds['shown']): StatusDraft {
  const { still, zone, lastReport, lastReceivedAt, sources } = facts;
  const { openComplications, conflicts } = still;
  const pumps = shown === 'shown' ? facts.pumps : facts.pumps.map(withoutOurs);
  const { birthDate, deathReported } = still.person;
  return {
    pieces: textAround(around(still, pumps)),
    carePlan: JSON.stringify(still.carePlan),
    needs: {
      ...{ shown, zone, lastReport, lastReceivedAt, sources },
      person: { birthDate, deathReported },
      reasons: stillReasons({ openComplications, conflicts, pumps: pumps.map((pump) => pump.still) }),
      pumps: pumps.map((pump) => needsOf(pump, openComplications)),
    },
  };
}

const withoutOurs = ({ still, moving }: PumpFacts): PumpFacts => ({ still: withoutCalculated(still), moving });

/** Each `open` is filled by `movedParts` of status.ts, in this order. */
function around(still: StatusFacts['still'], pumps: readonly PumpFacts[]): Readonly<Record<keyof PumpStatus, unknown>> {
  return {
    schemaVersion: 1,
    patient: still.patient,
    environment: still.environment,
    asOf: open,
    time: open,
    notice: 'Not an alarm or monitoring system.',
    banner: open,
    reportsHeld: open,
    dataAsOf: open,
    conflicts: still.conflicts,
    person: { ageYears: open, ...still.person },
    pumps: pumps.map(aroundPump),
    openComplications: still.openComplications,
    carePlan: open,
    generalSigns: open,
    lastEvents: still.lastEvents,
  };
}

const aroundPump = ({ still }: PumpFacts): Readonly<Record<keyof OnePump, unknown>> => ({
  ...still,
  programme: { ...still.programme, delivery: open },
  reservoir: { ...still.reservoir, calculatedMl: open },
  refillPlan: { ...still.refillPlan, daysLeft: open, state: open, words: open },
});

function needsOf({ still, moving }: PumpFacts, openComplications: PumpStatus['openComplications']): PumpNeeds {
  const { alarmDate, dueBy } = still.refillPlan;
  return {
    device: still.device,
    isExplanted: still.state.value === 'explanted',
    delivery: still.programme.delivery,
    doubts: doubtsReported(still, openComplications),
    dates: {
      alarmDate: { calculated: alarmDate.calculated.value, reported: alarmDate.reported.value },
      dueBy: dueBy.calculated.value,
    },
    moving,
  };
}
