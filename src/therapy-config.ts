import { join } from 'node:path';
import { z } from 'zod';
import { timeZone } from './event/time.ts';
import { defaultSettings, type TherapySettings } from './therapy/settings.ts';
import { readTherapyData } from './therapy-data.ts';
import { readTitrationLimits, titrationLimits } from './titration-limits.ts';

/** The part `therapy` of the configuration. What each value means, and where its default comes from: therapy/settings.ts. */

const ofDefault = defaultSettings;
const share = z.number().positive().max(1);
const limit = z.strictObject({ volumeMl: z.number().positive(), shareOfDispensed: z.number().positive() });

const checks = z.strictObject({
  rateShare: share.default(ofDefault.checks.rateShare),
  fillVolumeMl: z.number().positive().default(ofDefault.checks.fillVolumeMl),
  refillRepeatHours: z.number().nonnegative().default(ofDefault.checks.refillRepeatHours),
  deviceClockMinutes: z.number().nonnegative().default(ofDefault.checks.deviceClockMinutes),
  changePercentPoints: z.number().nonnegative().default(ofDefault.checks.changePercentPoints),
  alarmDateDays: z.int().nonnegative().default(ofDefault.checks.alarmDateDays),
  expectedResidualMl: z.number().positive().default(ofDefault.checks.expectedResidualMl),
});

export const therapyConfig = z.strictObject({
  siteTimeZone: timeZone.default(ofDefault.siteTimeZone),
  stabilityDays: z.int().positive().default(ofDefault.stabilityDays),
  refillMarginDays: z.int().nonnegative().default(ofDefault.refillMarginDays),
  lowReservoirAlarmMl: z.number().positive().default(ofDefault.lowReservoirAlarmMl),
  futureToleranceMinutes: z.int().nonnegative().default(ofDefault.futureToleranceMinutes),
  mergeWindowMinutes: z.int().nonnegative().default(ofDefault.mergeWindowMinutes),
  bridgeToleranceShare: share.default(ofDefault.bridgeToleranceShare),
  residualDiscrepancy: z.strictObject({ warn: limit, critical: limit }).default(ofDefault.residualDiscrepancy),
  pocketFillShare: share.default(ofDefault.pocketFillShare),
  checks: checks.prefault({}),
  /** Whether values outside mappings/plausibility.json are told. */
  plausibility: z.enum(['on', 'off']).default('on'),
  /** Which limits a dose change is judged by: none, those of mappings/titration.json, or the site's own. */
  titrationLimits: z.union([z.enum(['off', 'published']), titrationLimits]).default('off'),
});

/** The settings of the therapy: what the site configured, on the data that the project ships. */
export function therapySettings(stated: z.output<typeof therapyConfig>, mappingsDir: string): TherapySettings {
  const { plausibility, titrationLimits: wanted, ...settings } = stated;
  const data = readTherapyData(mappingsDir);
  const titration = wanted === 'published' ? readTitrationLimits(join(mappingsDir, 'titration.json')) : wanted;
  return {
    ...settings,
    ...data,
    plausible: plausibility === 'on' ? data.plausible : [],
    ...(titration !== 'off' && { titration }),
  };
}
