/**
 * Clinical configuration. None of these is a constant of nature: each default has its source, a site may set its own.
 */
export interface TherapySettings {
  /** IANA zone of calendar dates where an event names none. */
  readonly siteTimeZone: string;
  /** Longest recommended time between fills. Default 180 d (drug stability labelling). */
  readonly stabilityDays: number;
  /** How long before the alarm date a refill is due. Default 5 d (clinics ask families for 3 to 5). */
  readonly refillMarginDays: number;
  /**
   * When measured and calculated residual volume differ enough to say so: both limits have to be passed. Defaults: warn
   * above 1 mL and 15 % of what was programmed, critical above 2 mL and 25 %; design defaults, a site should confirm
   * them. One published refill procedure uses 20 % when a new pump is checked.
   */
  readonly residualDiscrepancy: DiscrepancyLimits;
  /**
   * Less is left than calculated by more than this share of the last fill, 0 to 1: the fill may lie beside the pump.
   * Default 0.5, a design default: a site should confirm it.
   */
  readonly pocketFillShare: number;
  /** How far in the future, from receipt, an event may lie (clocks differ). */
  readonly futureToleranceMinutes: number;
  /** Facts by pump model, from mappings/pumps. */
  readonly models: readonly PumpModel[];
  /** What each alarm means, from mappings/alarms.json. */
  readonly alarms: readonly AlarmFacts[];
  /**
   * Two sources that report the same kind of session with the same pump within this time are taken to mean one session.
   * 0: never. Default 120 min, a design default: a site should confirm it.
   */
  readonly mergeWindowMinutes: number;
  /**
   * How far a stated bridge may be from tubing volume × old concentration ÷ dose, as a share of it, before it is
   * flagged. Default 0.1, a design default: a site should confirm it.
   */
  readonly bridgeToleranceShare: number;
  /** How far what an event states may differ from what is known before a reader is told. */
  readonly checks: CheckTolerances;
  /** What values are plausible, from mappings/plausibility.json. None: nothing is told. */
  readonly plausible: readonly PlausibleValue[];
  /** Products whose concentration is known, from mappings/products.json. */
  readonly products: readonly Product[];
  /** Limits on the size of a dose change. Absent, the default: no change is judged until a site enters its own. */
  readonly titration?: TitrationLimits | undefined;
  /** Alarm volume where neither programmer nor model names one. Default 2 mL, unverified: a site should confirm it. */
  readonly lowReservoirAlarmMl: number;
}

export interface DiscrepancyLimits {
  readonly warn: DiscrepancyLimit;
  readonly critical: DiscrepancyLimit;
}

export interface DiscrepancyLimit {
  readonly volumeMl: number;
  /** Share of the volume programmed since the last fill, 0 to 1. */
  readonly shareOfDispensed: number;
}

/** Every default is a design default: none was found in a source, a site should confirm them. */
export interface CheckTolerances {
  /** A stated rate against dose ÷ concentration, as a share of it. Default 0.01: programmers round. */
  readonly rateShare: number;
  /** Volume filled against what the programmer was told. Default 0.5 mL. */
  readonly fillVolumeMl: number;
  /** Two fills of one pump within this time may be one. Default 24 h. */
  readonly refillRepeatHours: number;
  /** Clock of the pump against the time of the event. Default 30 min: less than a missed change to summer time. */
  readonly deviceClockMinutes: number;
  /** The sender's change in percent against ours. Default 1 percentage point: senders round. */
  readonly changePercentPoints: number;
  /** The programmer's alarm date against ours. Default 2 d. */
  readonly alarmDateDays: number;
  /** The sender's expected residual volume against ours. Default 1 mL. */
  readonly expectedResidualMl: number;
}

/** A range or a list of values, and the fields of an event that it holds for: `program.doseUgPerDay`. */
export interface PlausibleValue {
  readonly fields: readonly string[];
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly oneOf?: readonly number[] | undefined;
}

export interface Product {
  /** National Drug Code, compared by labeler and product: packages of one product have one concentration. */
  readonly ndc: string;
  readonly name: string;
  readonly concentrationUgPerMl: number;
  readonly containerMl?: number | undefined;
}

/** Published limits are in mappings/titration.json with their sources; a site may state its own. */
export interface TitrationLimits {
  /** No increase within so long after the implant. */
  readonly noIncreaseHoursAfterImplant: number;
  /** No second increase within so long. */
  readonly hoursBetweenIncreases: number;
  /**
   * Within so long, a change back to the dose before undoes a change, and a change after the fill of a reservoir that had
   * run out by calculation is a restart: neither is judged.
   */
  readonly exemptWithinHours: number;
  /** Below this age the limits for cerebral origin hold, whatever the origin. */
  readonly childBelowYears: number;
  readonly usualInChildren?: { readonly belowYears: number; readonly from: number; readonly to: number } | undefined;
  readonly spinal: OriginLimits;
  readonly cerebral: OriginLimits;
}

export interface OriginLimits {
  /** While the dose is being found: `phase: titration`. */
  readonly titration: ChangeLimits;
  /** At refills, and where no phase is stated. */
  readonly periodic: ChangeLimits;
  readonly usualUgPerDay?: { readonly from: number; readonly to: number } | undefined;
  readonly upperUgPerDay?: number | undefined;
}

export interface ChangeLimits {
  readonly increasePercent?: number | undefined;
  readonly decreasePercent?: number | undefined;
}

/** An alarm as an integration team edits it, from mappings/alarms.json. */
export interface AlarmFacts {
  /** Code of our CodeSystem itb-alarm. */
  readonly code: string;
  readonly criticality: 'critical' | 'non-critical';
  /** What it says of delivery. `recovered`: a stall is over. */
  readonly delivery: 'continues' | 'stopped' | 'uncertain' | 'recovered';
  /** What it means for delivery, for a reader. Never an instruction. */
  readonly inWords: string;
  /** How programmers and sources write it, compared without case and punctuation. */
  readonly alsoWritten: readonly string[];
}

/** What is known of one model of pump, from mappings/pumps. Absent: not known. */
export interface PumpModel {
  readonly manufacturer: string;
  /** Reference numbers as labelled, compared without punctuation. */
  readonly models: readonly string[];
  readonly family: string;
  /** How sources write the manufacturer or the family otherwise. */
  readonly manufacturerAlsoWritten?: readonly string[] | undefined;
  readonly familyAlsoWritten?: readonly string[] | undefined;
  readonly kind: 'programmable-pump' | 'constant-flow-pump';
  readonly reservoirMl?: number | undefined;
  readonly tubingMl?: number | undefined;
  readonly lowReservoirAlarmMl?: number | undefined;
  readonly stabilityDays?: number | undefined;
  /** The fixed flow of a constant-flow pump. */
  readonly flowMlPerDay?: number | undefined;
  readonly flowMinMlPerDay?: number | undefined;
  readonly flowMaxMlPerDay?: number | undefined;
  readonly maxFlexSteps?: number | undefined;
  /** Its own forecast assumes that all allotted patient-activated boluses will be taken. */
  readonly assumesPatientBoluses?: boolean | undefined;
  readonly batteryMonthsTypical?: number | undefined;
  /** The pump shuts itself off at this age. */
  readonly serviceLifeMonthsMax?: number | undefined;
  /** How long it works on after its elective replacement indicator. */
  readonly eriToEndOfServiceDays?: number | undefined;
  /** Codes of itb-alarm that it can raise. */
  readonly alarms?: readonly string[] | undefined;
  /** Of this exact reference number, for each region and label date. None: magnetic resonance status not established. */
  readonly safety?: readonly MriStatement[] | undefined;
  /** Recalls and safety notices of the family: whether they concern this serial number is not known. */
  readonly notices?: readonly SafetyNotice[] | undefined;
  /** Overrides the site's limits. */
  readonly residualDiscrepancy?: DiscrepancyLimits | undefined;
  /** Names of the facts above whose source was not verified. */
  readonly unverified?: readonly string[] | undefined;
}

export interface MriStatement {
  readonly status: 'mr-conditional' | 'mr-unsafe';
  /** Where the label holds, as an ISO 3166-1 code or `EU`. */
  readonly region: string;
  /** Date of the label or notice, as precisely as known: `2019-10`. */
  readonly labelDate?: string | undefined;
  readonly inWords: string;
  readonly verified: boolean;
}

export interface SafetyNotice {
  /** As precisely as known: `2009/2011`, `2013-06-07`. */
  readonly date: string;
  readonly inWords: string;
  readonly verified: boolean;
}

export const defaultSettings: TherapySettings = {
  siteTimeZone: 'UTC',
  stabilityDays: 180,
  refillMarginDays: 5,
  residualDiscrepancy: {
    warn: { volumeMl: 1, shareOfDispensed: 0.15 },
    critical: { volumeMl: 2, shareOfDispensed: 0.25 },
  },
  pocketFillShare: 0.5,
  futureToleranceMinutes: 60,
  models: [],
  alarms: [],
  mergeWindowMinutes: 120,
  bridgeToleranceShare: 0.1,
  lowReservoirAlarmMl: 2,
  checks: {
    rateShare: 0.01,
    fillVolumeMl: 0.5,
    refillRepeatHours: 24,
    deviceClockMinutes: 30,
    changePercentPoints: 1,
    alarmDateDays: 2,
    expectedResidualMl: 1,
  },
  plausible: [],
  products: [],
};
