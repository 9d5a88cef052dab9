import { inWords } from '../../event/problem.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import { earlier, isBefore } from '../../therapy/when.ts';
import { alarmFacts } from './alarms.ts';
import { batteryFacts } from './battery.ts';
import { carePlanFacts } from './care-plan.ts';
import { nextResolution, openComplications } from './complications.ts';
import { catheterFacts, identityFacts, magneticResonanceOf, noticesOf } from './devices.ts';
import { recordOf } from './fact.ts';
import type { FactsContext } from './facts-context.ts';
import { type Moving, movingOf } from './moving.ts';
import { entriesOf, personFacts } from './person.ts';
import { programmeFacts } from './programme.ts';
import type { OnePump } from './pump-schema.ts';
import { refillFacts } from './refill.ts';
import { planFacts, reservoirFacts, type StillPlan, type StillReservoir } from './refill-plan.ts';
import type { PumpStatus } from './status-schema.ts';

/**
 * A therapy as pump status needs it, as JSON: what stays the same from one change of the therapy to the next, and what is
 * needed to move the rest to any instant in between (status.ts).
 */
export interface StatusFacts {
  readonly version: 1;
  /** The facts hold from this instant … */
  readonly from: string;
  /** … until here, when the same reports mean something else; null: for ever. */
  readonly until: string | null;
  readonly still: Pick<
    PumpStatus,
    'patient' | 'environment' | 'conflicts' | 'openComplications' | 'carePlan' | 'lastEvents'
  > & {
    readonly person: Omit<PumpStatus['person'], 'ageYears'>;
  };
  /** Zone of the site, for the age. */
  readonly zone: string;
  readonly lastReport: { readonly at: string; readonly text: string } | null;
  readonly lastReceivedAt: string | null;
  readonly sources: PumpStatus['dataAsOf']['sources'];
  /** Whether the clinic still looks after the pump: neither death nor a transfer to another clinic was reported. */
  readonly inCare: boolean;
  readonly pumps: readonly PumpFacts[];
}

export interface PumpFacts {
  readonly still: Omit<OnePump, 'reservoir' | 'refillPlan'> & {
    readonly reservoir: StillReservoir;
    readonly refillPlan: StillPlan;
  };
  readonly moving: Moving | null;
}

export function statusFacts(therapy: Timeline, context: FactsContext): StatusFacts {
  const last = therapy.entries.at(-1);
  return {
    version: 1,
    from: therapy.asOf.toString(),
    until: nextChange(therapy)?.toString() ?? null,
    still: {
      patient: context.patientId,
      environment: context.environment,
      conflicts: conflictsOf(therapy, context),
      person: personFacts(therapy),
      openComplications: openComplications(therapy, context),
      carePlan: carePlanFacts(therapy),
      lastEvents: lastEventsOf(therapy),
    },
    zone: last?.when.zone ?? 'UTC',
    lastReport: last ? { at: last.when.earliest.toString(), text: last.when.text } : null,
    lastReceivedAt: context.lastReceivedAt?.toString() ?? null,
    sources: sourcesOf(therapy),
    inCare:
      entriesOf(therapy, 'death').length === 0 && entriesOf(therapy, 'transfer').at(-1)?.event.direction !== 'out',
    pumps: inUseFirst(therapy.pumps).map((pump) => pumpFacts(therapy, pump, context)),
  };
}

function pumpFacts(therapy: Timeline, pump: PumpState, context: FactsContext): PumpFacts {
  return {
    still: {
      ...identityFacts(therapy, pump, context),
      catheter: catheterFacts(therapy, pump, context),
      magneticResonance: magneticResonanceOf(pump),
      notices: noticesOf(pump),
      battery: batteryFacts(therapy, pump),
      programme: programmeFacts(therapy, pump),
      refill: refillFacts(therapy, pump),
      reservoir: reservoirFacts(therapy, pump),
      refillPlan: planFacts(therapy, pump, context),
      alarms: alarmFacts(therapy, pump),
    },
    moving: movingOf(therapy, pump, context),
  };
}

/** Beside what the timeline knows of: an alarm that happened and is learned of later, a complication that ends. */
function nextChange(therapy: Timeline): Temporal.Instant | undefined {
  const learned = therapy.alarms.flatMap(({ learnedAt }) => learnedAt ?? []);
  const known = [therapy.nextChangeAt ?? [], nextResolution(therapy) ?? []].flat();
  const ahead = [...learned, ...known].filter((at) => isBefore(therapy.asOf, at));
  return ahead.length > 0 ? ahead.reduce(earlier) : undefined;
}

function inUseFirst(pumps: readonly PumpState[]): PumpState[] {
  const inUse = pumps.filter(({ life }) => !life.explanted);
  const takenOut = pumps.filter(({ life }) => life.explanted);
  return [...inUse, ...takenOut.toReversed()];
}

function conflictsOf({ flags, pumps }: Timeline, context: FactsContext): PumpStatus['conflicts'] {
  return flags.toReversed().map(({ problem, entry, pumpKey }) => {
    const about = pumps.find(({ life }) => life.key === pumpKey);
    return {
      code: problem.code,
      severity: problem.severity,
      words: inWords(problem),
      device: about ? context.identityOf(about.life) : null,
      ...recordOf(entry),
    };
  });
}

const lastEventsOf = ({ entries }: Timeline): PumpStatus['lastEvents'] =>
  entries
    .slice(-10)
    .toReversed()
    .map((entry) => ({ type: entry.event.type, ...recordOf(entry) }));

/** Each sender with its newest report. */
function sourcesOf({ entries }: Timeline): PumpStatus['dataAsOf']['sources'] {
  const newest = new Map(entries.map(({ source, when }) => [source.system, when.text]));
  return [...newest].map(([system, lastReportAt]) => ({ system, lastReportAt }));
}
