import { expect, it } from 'vitest';
import { defaultSettings } from '../../src/therapy/settings.ts';

it('a site that configures nothing has the defaults that are documented, and no table of its own', () => {
  expect(defaultSettings).toEqual({
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
  });
});
