import type { Device, Observation } from '@medplum/fhirtypes';
import type { ClinicalEvent, ClinicalType } from '../event/event.ts';
import { inWords } from '../event/problem.ts';
import { itb, profile } from '../fhir/systems.ts';
import { alarmsStanding } from '../therapy/alarms-standing.ts';
import { toNumber } from '../therapy/quantity.ts';
import type { Session } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { calculatedReadings } from './calculated-readings.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, refer } from './element.ts';
import { category, observed } from './observed.ts';
import { bridgeReadings, programmeReadings } from './programme-readings.ts';
import { pumpWithKey } from './pump-device.ts';
import { amount, codedAs, components, type Reading } from './reading.ts';
import { otherInWords } from './reservoir-drug.ts';
import {
  deviceReadings,
  fillReadings,
  reportedReadings,
  residualReadings,
  sessionReadings,
} from './stated-readings.ts';

/**
 * One panel for each session with the pump: what the programmer reported, what was measured, and, where the tenant
 * shows them, what we calculated. Missing is left out; nothing is ever 0 for want of knowledge.
 */
export function pumpStatuses(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.sessions.flatMap((session) => {
    const readings = hasPanel.has(session.entry.event.type) ? readingsOf(therapy, session, context) : [];
    if (readings.every(([, value]) => value === undefined)) return [];
    const { entry } = session;
    return [
      {
        identity: eventIdentity(context, entry, 'pump-status'),
        resource: panel(therapy, session, readings, context),
        entry,
      },
    ];
  });
}

/** An alarm has an Observation of its own. */
const hasPanel: ReadonlySet<ClinicalType> = new Set<ClinicalType>([
  'implant',
  'refill',
  'dose-change',
  'restart',
  'interrogation',
  'bolus',
  'revision',
  'pump-stop',
  'reservoir-emptied',
  'explant',
]);

function panel(
  therapy: Timeline,
  { entry, pumpKey }: Session,
  readings: readonly Reading[],
  context: MappingContext,
): Observation {
  const pump = refer<Device>(pumpWithKey(therapy, context, pumpKey));
  const notes = therapy.flags.filter((flag) => flag.entry === entry);
  return {
    ...observed(context, profile.pumpStatus, entry, 'pump-status'),
    ...(isProcedure(entry.event) && { partOf: [refer(eventIdentity(context, entry, 'procedure'))] }),
    ...category(context, 'procedure'),
    code: concept(context, itb.observation, 'pump-status-panel'),
    focus: [pump],
    device: pump,
    ...(notes.length > 0 && { note: notes.map(({ problem }) => ({ text: inWords(problem) })) }),
    component: components(readings, context),
  };
}

/** What the patient requested was given by the pump: nobody did it. */
const isProcedure = (event: ClinicalEvent): boolean =>
  event.type !== 'bolus' || event.bolus.kind !== 'patient-activated';

/** In one order for every panel: programme, drug and fill, residual, what the programmer showed, devices, session, ours. */
function readingsOf(therapy: Timeline, session: Session, context: MappingContext): Reading[] {
  const { event } = session.entry;
  const pump = therapy.pumps.find(({ life }) => life.key === session.pumpKey);
  const stated = [
    ...fillReadings(event, context),
    ...residualReadings(event, context),
    ...reportedReadings(event, context),
    ...deviceReadings(event, context),
    ...sessionReadings(event),
  ];
  // A bolus leaves the programme as it was: its panel is made for what else was read with it.
  if (event.type === 'bolus' && stated.every(([, value]) => value === undefined)) return [];
  return [
    ...drug(session, context),
    ...stated,
    ...standing(therapy, session, context),
    ...calculatedReadings(session, pump, context),
  ];
}

/** What a pump that was taken out was programmed to do is history. */
function drug({ program, filledUgPerMl, entry: { event } }: Session, context: MappingContext): Reading[] {
  const fill = 'fill' in event ? event.fill : undefined;
  const runs = event.type === 'explant' ? undefined : program;
  const others = runs?.additionalDrugs ? [] : (fill?.additionalDrugs ?? []);
  // A report that states no concentration is read with that of the programme, unless another was filled last.
  const programmed = runs?.concentrationUgPerMl;
  const agrees = filledUgPerMl === undefined || toNumber(filledUgPerMl, 6) === programmed;
  return [
    ...programmeReadings(runs, context),
    ...others.map((other): Reading => ['additional-drug', { valueString: otherInWords(other) }]),
    ['drug-concentration', amount(concentrationStated(event) ?? (agrees ? programmed : undefined), 'ug/mL')],
    ...bridgeReadings('bridge' in event ? event.bridge : bridgeOf(event)),
  ];
}

function concentrationStated(event: ClinicalEvent): number | undefined {
  const fill = 'fill' in event ? event.fill : undefined;
  const program = 'program' in event ? event.program : undefined;
  return fill?.concentrationUgPerMl ?? program?.concentrationUgPerMl;
}

const bridgeOf = (event: ClinicalEvent) =>
  event.type === 'bolus' && event.bolus.kind === 'bridge' ? event.bolus : undefined;

/** Alarms that were known then and not reported as over. */
function standing(therapy: Timeline, { pumpKey, entry }: Session, context: MappingContext): Reading[] {
  const known = alarmsStanding(therapy, pumpKey, entry.when.latest).filter(
    ({ code }) => context.codes.lookUp(itb.alarm, code) !== undefined,
  );
  return [...new Set(known.map(({ code }) => code))].map((code) => ['alarm-state', codedAs(context, itb.alarm, code)]);
}
