import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { DataFileError } from '../../src/data-file.ts';
import { statusConfig, statusRules } from '../../src/status-rules.ts';

const shipped = resolve(import.meta.dirname, '../../mappings/status.json');

it('the rules that ship are those of the domain, and a status is told 400 days ahead', () => {
  const { banner, projectionDays } = statusRules(shipped, statusConfig.parse({}));
  expect(Object.entries(banner).map(([code, { urgency, withinDays }]) => [code, urgency, withinDays])).toEqual([
    ['withdrawal-or-overdose', 'urgent', undefined],
    ['critical-alarm', 'urgent', undefined],
    ['end-of-service', 'urgent', undefined],
    ['delivery-stopped', 'attention', undefined],
    ['delivery-unknown', 'attention', undefined],
    ['at-alarm-volume', 'urgent', undefined],
    ['alarm-date-passed', 'urgent', undefined],
    ['replacement-indicator', 'attention', undefined],
    ['low-reservoir-alarm', 'attention', undefined],
    ['refill-due', 'attention', 7],
    ['open-complication', 'attention', undefined],
    ['residual-discrepancy', 'attention', undefined],
    ['concentration-differs', 'attention', undefined],
    ['bridge-not-reported', 'attention', undefined],
    ['concentration-unknown', 'attention', undefined],
  ]);
  expect(projectionDays).toBe(400);
});

it('a site changes what it judges otherwise, and nothing else', () => {
  const site = statusConfig.parse({
    banner: { 'refill-due': { withinDays: 14 }, 'critical-alarm': { urgency: 'off' } },
    projectionDays: 30,
  });
  const { banner, projectionDays } = statusRules(shipped, site);
  expect([banner['refill-due'], banner['critical-alarm'], banner['end-of-service'].urgency, projectionDays]).toEqual([
    { urgency: 'attention', withinDays: 14 },
    { urgency: 'off', withinDays: undefined },
    'urgent',
    30,
  ]);
});

it('a rule that is not known, or a table without a source, is refused', () => {
  expect(statusConfig.safeParse({ banner: { humming: { urgency: 'urgent' } } }).success).toBe(false);
  const folder = mkdtempSync(join(tmpdir(), 'itb-status-'));
  const path = join(folder, 'status.json');
  writeFileSync(path, JSON.stringify({ banner: {}, generalSigns: {} }));
  expect(() => statusRules(path, statusConfig.parse({}))).toThrow(DataFileError);
  rmSync(folder, { recursive: true });
});
