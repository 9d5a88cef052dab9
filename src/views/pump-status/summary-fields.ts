import type { Coding, ObservationComponent } from '@medplum/fhirtypes';
import { external, itb } from '../../fhir/systems.ts';
import type { Fact } from './fact-schema.ts';
import { fhirTime } from './fhir-time.ts';
import type { OnePump } from './pump-schema.ts';
import type { PumpStatus } from './status-schema.ts';

/** One value of the summary: its code of itb-observation, the fact, and how its value is written. */
export interface Field {
  readonly code: string;
  readonly fact: Fact<unknown>;
  readonly written: Written;
}

export type Written = (value: unknown, codes: DisplayOf) => Omit<ObservationComponent, 'code'>;

/** The Coding of a code; undefined for one that no table knows. */
export type DisplayOf = (system: string, code: string) => Coding | undefined;

/** In one order for every pump: how urgent, the pump, what it does, what is left, by when, the battery, alarms. */
export function summaryFields(status: PumpStatus, pump: OnePump): Field[] {
  const { programme, refill, reservoir, refillPlan, battery } = pump;
  return [
    { code: 'status-urgency', fact: asked(status, status.banner.urgency), written: coded(itb.statusAnswer) },
    { code: 'reports-held', fact: asked(status, status.reportsHeld.count), written: integer },
    { code: 'conflicts', fact: asked(status, conflictsOf(status, pump)), written: integer },
    { code: 'last-report', fact: asked(status, status.dataAsOf.lastReportAt), written: dateTime },
    { code: 'pump-state', fact: pump.state, written: coded(itb.statusAnswer) },
    { code: 'reservoir-capacity', fact: pump.reservoirCapacityMl, written: quantity('mL') },
    { code: 'pump-implant-date', fact: pump.implanted, written: dateTime },
    { code: 'catheter-tip-level', fact: pump.catheter.tipLevel, written: text },
    { code: 'delivery-state', fact: programme.delivery, written: coded(itb.statusAnswer) },
    { code: 'infusion-mode', fact: programme.mode, written: coded(itb.infusionMode) },
    { code: 'drug-concentration', fact: programme.concentrationUgPerMl, written: quantity('ug/mL') },
    { code: 'programmed-daily-dose', fact: programme.doseUgPerDay, written: quantity('ug/d') },
    { code: 'programme-since', fact: programme.runningSince, written: dateTime },
    { code: 'last-dose-change', fact: changedAt(programme.lastChange), written: dateTime },
    { code: 'daily-dose-change', fact: programme.lastChangePercent, written: quantity('%') },
    { code: 'patient-bolus-dose', fact: bolusDose(programme.patientBolus), written: quantity('ug') },
    { code: 'last-refill', fact: refill.last, written: dateTime },
    { code: 'fill-volume', fact: refill.volumeMl, written: quantity('mL') },
    { code: 'measured-residual-volume', fact: refill.measuredResidualMl, written: quantity('mL') },
    { code: 'residual-discrepancy', fact: refill.discrepancyMl.calculated, written: quantity('mL') },
    { code: 'residual-grade', fact: refill.grade, written: coded(itb.residualGrade) },
    { code: 'reported-reservoir-volume', fact: reservoir.reportedMl, written: quantity('mL') },
    { code: 'calculated-reservoir-volume', fact: reservoir.calculatedMl, written: quantity('mL') },
    { code: 'low-reservoir-alarm-volume', fact: reservoir.alarmVolumeMl, written: quantity('mL') },
    { code: 'reported-low-reservoir-alarm-date', fact: refillPlan.alarmDate.reported, written: dateTime },
    { code: 'low-reservoir-alarm-date', fact: refillPlan.alarmDate.calculated, written: dateTime },
    { code: 'reported-refill-due-date', fact: refillPlan.dueBy.reported, written: dateTime },
    { code: 'refill-due-by', fact: refillPlan.dueBy.calculated, written: dateTime },
    { code: 'days-to-refill', fact: refillPlan.daysLeft, written: quantity('d') },
    { code: 'refill-plan-state', fact: refillPlan.state, written: coded(itb.statusAnswer) },
    { code: 'calculated-end', fact: refillPlan.calculatedEnd, written: dateTime },
    { code: 'battery-status', fact: battery.status, written: coded(itb.batteryStatus) },
    { code: 'months-to-eri', fact: battery.monthsToEri, written: quantity('mo') },
    { code: 'eri-date', fact: battery.eriSince, written: dateTime },
    { code: 'estimated-replacement-date', fact: battery.replacementDate, written: dateTime },
    { code: 'calculated-eri-date', fact: battery.eriExpected, written: dateTime },
    { code: 'end-of-service-by', fact: battery.endOfServiceBy, written: dateTime },
    ...alarmFields(pump),
  ];
}

const unknown = { value: null, method: 'unknown', asOf: null, source: null } as const;

/** What is said of the status itself, as of the asked instant. */
const asked = <Value>({ asOf }: PumpStatus, value: Value | null): Fact<Value> =>
  value === null ? unknown : { value, method: 'calculated', asOf, source: null };

const conflictsOf = ({ conflicts }: PumpStatus, { device }: OnePump): number =>
  conflicts.filter((one) => one.device === null || one.device === device).length;

const changedAt = (fact: OnePump['programme']['lastChange']): Fact<string> => ({
  ...fact,
  value: fact.value?.at ?? null,
});

const bolusDose = (fact: OnePump['programme']['patientBolus']): Fact<number> => ({
  ...fact,
  value: fact.value?.doseUg ?? null,
});

/** None standing is not known to be none: the words say since when none was reported. */
function alarmFields({ alarms: { standing, words } }: OnePump): Field[] {
  if (standing.length === 0) {
    const fact: Fact<string> = { ...unknown, ...(words !== null && { words }) };
    return [{ code: 'alarm-state', fact, written: coded(itb.alarm) }];
  }
  return standing.map(({ code, at, source, words: meaning }) => ({
    code: 'alarm-state',
    fact: { value: code, method: 'reported', asOf: at, source, ...(meaning !== null && { words: meaning }) },
    written: coded(itb.alarm),
  }));
}

const quantity =
  (unit: string): Written =>
  (value) => ({ valueQuantity: { value: value as number, unit, system: external.ucum, code: unit } });

const integer: Written = (value) => ({ valueInteger: value as number });
const text: Written = (value) => ({ valueString: value as string });
const dateTime: Written = (value) => ({ valueDateTime: fhirTime(value as string) });

/** An alarm that no table knows is told as it was reported. */
const coded =
  (system: string): Written =>
  (value, displayOf) => {
    const coding = displayOf(system, value as string);
    return {
      valueCodeableConcept: coding
        ? { coding: [coding], ...(coding.display && { text: coding.display }) }
        : { text: value as string },
    };
  };
