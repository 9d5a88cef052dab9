import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import { defaultSettings } from '../../src/therapy/settings.ts';
import { readTitrationLimits } from '../../src/titration-limits.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-fhir-therapy-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const therapyOf = (therapy: ConfigFile['therapy']) => configFrom({ therapy }, folder).therapy;

const ownLimits = {
  noIncreaseHoursAfterImplant: 48,
  hoursBetweenIncreases: 12,
  exemptWithinHours: 6,
  childBelowYears: 16,
  spinal: { titration: { increasePercent: 20 }, periodic: { increasePercent: 20, decreasePercent: 15 } },
  cerebral: { titration: {}, periodic: {}, usualUgPerDay: { from: 50, to: 500 }, upperUgPerDay: 900 },
};

describe('the therapy', () => {
  test('is configured value by value; the others keep their defaults', () => {
    const stated = {
      siteTimeZone: 'Asia/Kolkata',
      stabilityDays: 120,
      refillMarginDays: 3,
      lowReservoirAlarmMl: 1,
      futureToleranceMinutes: 5,
      mergeWindowMinutes: 0,
      bridgeToleranceShare: 0.2,
      residualDiscrepancy: {
        warn: { volumeMl: 0.5, shareOfDispensed: 0.1 },
        critical: { volumeMl: 1, shareOfDispensed: 0.2 },
      },
      pocketFillShare: 0.7,
    };
    expect(therapyOf({ ...stated, checks: { rateShare: 0.02 } })).toMatchObject({
      ...stated,
      checks: { ...defaultSettings.checks, rateShare: 0.02 },
    });
  });

  test.each([
    ['a time zone that is none', { siteTimeZone: 'Mars/Olympus' }, 'therapy.siteTimeZone'],
    ['a share above 1', { pocketFillShare: 1.5 }, 'therapy.pocketFillShare'],
    ['a tolerance below 0', { checks: { deviceClockMinutes: -1 } }, 'therapy.checks.deviceClockMinutes'],
    ['a word for limits that is none', { titrationLimits: 'on' }, 'therapy.titrationLimits'],
    ['limits that are not whole', { titrationLimits: { spinal: {} } }, 'therapy.titrationLimits'],
    ['a key that is none', { stabilityDay: 3 }, 'therapy'],
  ])('is refused with %s, and the place is named', (_what, therapy, place) => {
    expect(() => configFrom({ therapy }, folder)).toThrow(new RegExp(`→ at ${place}(\\.|\n|$)`));
  });
});

describe('limits on a change of dose', () => {
  test('are off until a site names them', () => {
    expect('titration' in therapyOf({})).toBe(false);
    expect('titration' in therapyOf({ titrationLimits: 'off' })).toBe(false);
  });

  test('are the published ones where the site says so', () => {
    const published = readTitrationLimits(join(configFrom({}, folder).mappingsDir, 'titration.json'));
    expect(therapyOf({ titrationLimits: 'published' }).titration).toEqual(published);
  });

  test("are the site's own where it states them", () => {
    expect(therapyOf({ titrationLimits: ownLimits }).titration).toEqual(ownLimits);
  });
});

test('what is plausible is judged unless the site switches it off', () => {
  expect(therapyOf({}).plausible.length).toBeGreaterThan(0);
  expect(therapyOf({ plausibility: 'off' }).plausible).toEqual([]);
});
