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
  /** When measured and calculated residual volume differ enough to say so: both limits have to be passed. */
  readonly residualDiscrepancy: { readonly warn: DiscrepancyLimit; readonly critical: DiscrepancyLimit };
  /** How far in the future, from receipt, an event may lie (clocks differ). */
  readonly futureToleranceMinutes: number;
  /** Facts by pump model, from mappings/pumps. */
  readonly models: readonly PumpModel[];
  /** Alarm volume where neither programmer nor model names one. Default 2 mL, unverified: a site should confirm it. */
  readonly lowReservoirAlarmMl: number;
}

export interface DiscrepancyLimit {
  readonly volumeMl: number;
  /** Share of the volume programmed since the last fill, 0 to 1. */
  readonly shareOfDispensed: number;
}

export interface PumpModel {
  readonly manufacturer: string;
  /** Reference numbers as labelled, compared without punctuation. */
  readonly models: readonly string[];
  readonly family: string;
  readonly kind: 'programmable-pump' | 'constant-flow-pump';
  readonly reservoirMl?: number | undefined;
  readonly lowReservoirAlarmMl?: number | undefined;
  readonly tubingMl?: number | undefined;
  readonly stabilityDays?: number | undefined;
}

export const defaultSettings: TherapySettings = {
  siteTimeZone: 'UTC',
  stabilityDays: 180,
  refillMarginDays: 5,
  residualDiscrepancy: {
    warn: { volumeMl: 1, shareOfDispensed: 0.15 },
    critical: { volumeMl: 2, shareOfDispensed: 0.25 },
  },
  futureToleranceMinutes: 60,
  models: [],
  lowReservoirAlarmMl: 2,
};

/** The facts known about a model, whatever its punctuation: `8637-40`, `863740`. */
export function modelFacts(settings: TherapySettings, model: string | undefined): PumpModel | undefined {
  if (!model) return undefined;
  const wanted = bare(model);
  return settings.models.find((facts) => facts.models.some((name) => bare(name) === wanted));
}

const bare = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]/g, '');
