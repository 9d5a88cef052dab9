import type { Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ClinicalEvent } from '../event/event.ts';
import { inWords } from '../event/problem.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Session } from '../therapy/records.ts';
import type { ResidualAssessment } from '../therapy/residual.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { calculated, concept, dateTime, measured, ofEvent, refer, subject } from './element.ts';
import { doseUgPerDay } from './infusion.ts';
import { pumpWithKey } from './pump-device.ts';

/**
 * One panel for each session with the pump: what the programmer reported, what was measured, and, where the tenant
 * shows them, what we calculated. Missing is left out; nothing is ever 0 for want of knowledge.
 */
export function pumpStatuses(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.sessions.flatMap((session) => {
    if (!hasPanel.has(session.entry.event.type)) return [];
    const component = components(session, context);
    if (component.length === 0) return [];
    return [
      {
        identity: eventIdentity(context, session.entry, 'pump-status'),
        resource: panel(therapy, session, component, context),
        entry: session.entry,
      },
    ];
  });
}

const hasPanel: ReadonlySet<ClinicalEvent['type']> = new Set<ClinicalEvent['type']>([
  'implant',
  'refill',
  'dose-change',
  'restart',
  'interrogation',
  'explant',
]);

function panel(
  therapy: Timeline,
  session: Session,
  component: ObservationComponent[],
  context: MappingContext,
): Observation {
  const { entry } = session;
  const pump = pumpWithKey(therapy, context, session.pumpKey);
  const notes = therapy.flags.filter((flag) => flag.entry === entry);
  const isProcedure = entry.event.type !== 'interrogation';
  return {
    resourceType: 'Observation',
    ...ofEvent(context, profile.pumpStatus, entry, 'pump-status'),
    ...(isProcedure && { partOf: [refer(eventIdentity(context, entry, 'procedure'))] }),
    status: 'final',
    category: [{ coding: [{ system: external.observationCategory, code: 'procedure' }] }],
    code: concept(context, itb.observation, 'pump-status-panel'),
    subject: subject(context),
    focus: [refer(pump)],
    effectiveDateTime: dateTime(entry.when),
    device: refer(pump),
    ...(notes.length > 0 && {
      note: notes.map(({ problem }) => ({ text: inWords(problem) })),
    }),
    component,
  };
}

type Value = Omit<ObservationComponent, 'code'>;

function components(session: Session, context: MappingContext): ObservationComponent[] {
  const { event } = session.entry;
  const reported = 'reported' in event ? event.reported : undefined;
  const stated = 'residual' in event ? event.residual : undefined;
  const fill = 'fill' in event ? event.fill : undefined;
  const { program } = session;
  const all: [string, Value | undefined][] = [
    ['infusion-mode', program && { valueCodeableConcept: concept(context, itb.infusionMode, program.mode) }],
    ['programmed-daily-dose', quantity(program && doseUgPerDay(program), 'ug/d')],
    ['drug-concentration', quantity(fill?.concentrationUgPerMl ?? program?.concentrationUgPerMl, 'ug/mL')],
    ['fill-volume', quantity(fill?.volumeMl, 'mL')],
    ['measured-residual-volume', quantity(stated?.measuredMl, 'mL')],
    ['expected-residual-volume', quantity(stated?.expectedMl, 'mL') ?? ourExpectation(session, context)],
    ...residualComponents(session.residual, context),
    ['low-reservoir-alarm-volume', quantity(reported?.lowReservoirAlarmMl, 'mL')],
    ['reported-low-reservoir-alarm-date', date(reported?.lowReservoirAlarmDate)],
    ['months-to-eri', quantity(reported?.monthsToEri, 'mo')],
    ['battery-status', reported?.batteryStatus ? { valueString: reported.batteryStatus } : undefined],
    ...calculatedComponents(session, context),
  ];
  return all.flatMap(([code, value]) => (value ? [{ code: concept(context, itb.observation, code), ...value }] : []));
}

function calculatedComponents({ forecast }: Session, context: MappingContext): [string, Value | undefined][] {
  if (!forecast || context.calculatedValues === 'withheld') return [];
  return [
    ['calculated-reservoir-volume', { valueQuantity: calculated(forecast.volumeMl, 'mL') }],
    ['low-reservoir-alarm-date', date(forecast.alarmDate?.toString())],
    ['refill-due-by', date(forecast.refillDueBy?.toString())],
  ];
}

function residualComponents(
  residual: ResidualAssessment | undefined,
  context: MappingContext,
): [string, Value | undefined][] {
  if (!residual || context.calculatedValues === 'withheld') return [];
  const { discrepancyMl, deliveredToProgrammed, grade } = residual;
  return [
    ['residual-discrepancy', discrepancyMl && { valueQuantity: calculated(discrepancyMl, 'mL') }],
    ['delivered-to-programmed-ratio', quantity(deliveredToProgrammed, '1')],
    ['residual-grade', { valueCodeableConcept: concept(context, itb.residualGrade, grade) }],
  ];
}

function ourExpectation({ residual }: Session, context: MappingContext): Value | undefined {
  if (!residual?.expectedMl || context.calculatedValues === 'withheld') return undefined;
  return { valueQuantity: calculated(residual.expectedMl, 'mL') };
}

function quantity(value: number | null | undefined, unit: Parameters<typeof measured>[1]): Value | undefined {
  return value === undefined || value === null ? undefined : { valueQuantity: measured(value, unit) };
}

const date = (value: string | undefined): Value | undefined => (value ? { valueDateTime: value } : undefined);
