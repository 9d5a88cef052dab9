import type { CarePlan, MedicationAdministration, Observation, Provenance, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import {
  correctionText,
  devicesOf,
  reportText,
  titleOf,
  withdrawalText,
} from '../../../src/sync/document/report-text.ts';
import type { EventReport, Wanted } from '../../../src/sync/tailored.ts';
import { storyNames } from '../../stories/story.ts';
import { type StoryTherapy, storyTherapy } from '../story-therapy.ts';
import { identityOf } from '../therapy-resources.ts';

const report = (changes: Partial<EventReport> = {}): EventReport => ({
  group: 1,
  identity: identityOf(50),
  kind: 'refill',
  occurredAt: '2024-06-25T10:00:00-04:00',
  recordedAt: '2024-06-25T14:20:30Z',
  ...changes,
});

const item = (resource: object, changes: Partial<Wanted> = {}): Wanted => ({
  identity: identityOf(60),
  group: 1,
  resource: resource as Resource,
  ...changes,
});

const closing = [
  'Written by the intrathecal baclofen adapter from what was reported to it. What is called calculated',
  '  was not measured. Check the pump with its programmer.',
  'Not an alarm or monitoring system.',
];

const textOf = (therapy: StoryTherapy, group: number): string => {
  const made = therapy.wanted.filter((wanted) => wanted.group === group);
  const changed = therapy.wanted.filter(({ changedIn, group: own }) => changedIn === group && own !== group);
  return reportText(therapy.reports[group] as EventReport, { made, changed, devices: devicesOf(therapy.wanted) });
};

describe('the title of a report', () => {
  it.each([
    ['refill', '2024-06-25T10:00:00-04:00', 'refill, 2024-06-25 10:00 -04:00'],
    ['dose-change', '2024-06-25T10:00:07Z', 'dose change, 2024-06-25 10:00:07 UTC'],
    ['pump-stop', '2018-06', 'pump stop, 2018-06'],
    ['explant', '2018', 'explant, 2018'],
    ['alarm', '2024-06-25T10:00:07.250+05:30', 'alarm, 2024-06-25 10:00:07 +05:30'],
  ])('of a %s at %s', (kind, occurredAt, words) =>
    expect(titleOf(report({ kind, occurredAt }))).toBe(`Intrathecal baclofen pump: ${words}`),
  );
});

describe('the report of an event', () => {
  it('is a page of lines, from the event to what it is not', () => {
    const score = item({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Penn Spasm Frequency Scale' },
      effectiveDateTime: '2024-06-25T10:30:00-04:00',
      issued: '2024-06-25T10:31:00-04:00',
      valueQuantity: { value: 3, unit: '{score}', code: '{score}' },
    } as Observation);
    expect(reportText(report(), { made: [score], changed: [], devices: new Map() }).split('\n')).toEqual([
      'Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00',
      '',
      'Recorded: 2024-06-25 14:20:30 UTC',
      '',
      'Observation: Penn Spasm Frequency Scale',
      '  Status: final',
      '  Effective: 2024-06-25 10:30 -04:00',
      '  Value: 3',
      '',
      ...closing,
      '',
    ]);
  });

  it('says who reported it, for whom, and by which record of the source', () => {
    const origin = item({
      resourceType: 'Provenance',
      recorded: '2024-06-25T14:20:30Z',
      target: [{ reference: 'urn:uuid:x' }],
      agent: [
        { who: { display: 'K. Osei', identifier: { value: '1487654321' } }, onBehalfOf: { display: 'pump clinic' } },
        { who: { display: 'itb-fhir-adapter' } },
      ],
      entity: [{ role: 'source', what: { identifier: { system: 'urn:s', value: 'R-000123' } } }],
    } as Provenance);
    const lines = reportText(report(), { made: [origin], changed: [], devices: new Map() }).split('\n');
    expect(lines.slice(2, 6)).toEqual([
      'Recorded: 2024-06-25 14:20:30 UTC',
      'Reported by: K. Osei (1487654321), pump clinic',
      'Record of the source: R-000123',
      '',
    ]);
    expect(lines.slice(6, 7)).toEqual(closing.slice(0, 1));
  });

  it('says how many reports are held back, and since when', () => {
    const held = { count: 2, since: '2024-06-20T08:00:00Z' };
    const lines = reportText(report({ held }), { made: [], changed: [], devices: new Map() }).split('\n');
    expect(lines[3]).toBe('2 reports held since 2024-06-20 08:00 UTC: this may be incomplete.');
    const none = reportText(report({ held: { count: 0, since: '2024' } }), {
      made: [],
      changed: [],
      devices: new Map(),
    });
    expect(none).not.toContain('held');
  });

  it('tells what it made as it left it, and never what a later event ended', () => {
    const running = {
      resourceType: 'MedicationAdministration',
      status: 'in-progress',
      medicationCodeableConcept: { text: 'baclofen' },
      effectivePeriod: { start: '2024-06-25T10:00:00-04:00' },
      dosage: { text: '210 ug per day', method: { text: 'Simple continuous' } },
    } as MedicationAdministration;
    const ended = {
      ...running,
      status: 'completed',
      statusReason: [{ text: 'Programme changed' }],
      effectivePeriod: { start: '2024-06-25T10:00:00-04:00', end: '2024-07-25T10:00:00-04:00' },
    } as MedicationAdministration;
    const page = (made: Wanted) => reportText(report(), { made: [made], changed: [], devices: new Map() });
    expect(page(item(ended, { changedIn: 2 }))).toBe(page(item(running)));
    expect(page(item(running)).split('\n').slice(4, 8)).toEqual([
      'Administration: Simple continuous',
      '  Medication: baclofen',
      '  Effective: from 2024-06-25 10:00 -04:00',
      '  Dosage: 210 ug per day',
    ]);
    expect(page(item(ended, { changedIn: 1 }))).toContain('to 2024-07-25 10:00 -04:00');
    expect(page(item(ended))).toContain('to 2024-07-25 10:00 -04:00');
  });

  it('leaves a care plan open that a later event closed', () => {
    const plan = {
      resourceType: 'CarePlan',
      status: 'revoked',
      intent: 'plan',
      period: { start: '2024-06-25', end: '2024-09-01' },
    } as CarePlan;
    const made = [item(plan, { changedIn: 4 })];
    const lines = reportText(report(), { made, changed: [], devices: new Map() }).split('\n');
    expect(lines.slice(4, 7)).toEqual(['Care Plan', '  Intent: plan', '  Period: from 2024-06-25']);
  });

  it('tells what it changed of what was there before', () => {
    const ended = {
      resourceType: 'MedicationAdministration',
      status: 'completed',
      statusReason: [{ text: 'Programme changed' }],
      medicationCodeableConcept: { text: 'baclofen' },
      effectivePeriod: { start: '2024-05-25T10:00:00-04:00', end: '2024-06-25T10:00:00-04:00' },
      note: [{ text: 'said in its own report' }],
      dosage: { text: '190 ug per day', method: { text: 'Simple continuous' } },
    } as MedicationAdministration;
    const lines = reportText(report(), { made: [], changed: [item(ended)], devices: new Map() }).split('\n');
    expect(lines.slice(4, 12)).toEqual([
      'This event changed what was reported before:',
      '',
      'Administration: Simple continuous',
      '  Status: completed',
      '  Status reason: Programme changed',
      '  Medication: baclofen',
      '  Effective: 2024-05-25 10:00 -04:00 to 2024-06-25 10:00 -04:00',
      '  Dosage: 190 ug per day',
    ]);
  });

  it('does not change when a later event is reported', () => {
    const name = 'flex-and-kinked-catheter';
    const [all, before] = [storyTherapy(name), storyTherapy(name, 9)];
    for (let group = 0; group < before.reports.length; group++) {
      const identity = before.reports[group]?.identity;
      const now = all.reports.findIndex((each) => each.identity === identity);
      expect(textOf(all, now)).toBe(textOf(before, group));
    }
    expect(before.reports.length).toBeLessThan(all.reports.length);
  });

  it('has lines of at most 100 characters in every story, and none that is cut inside a character', () => {
    for (const name of storyNames) {
      const therapy = storyTherapy(name);
      const lines = therapy.reports.flatMap((_report, group) => textOf(therapy, group).split('\n'));
      expect(lines.filter((line) => line.length > 100 || !line.isWellFormed())).toEqual([]);
      expect(lines.filter((line) => /undefined|\[object|urn:uuid/.test(line))).toEqual([]);
    }
  });

  it('calls every value calculated that this software calculated', () => {
    const therapy = storyTherapy('spinal-cord-injury-on-time-refills');
    const lines = therapy.reports.flatMap((_report, group) => textOf(therapy, group).split('\n'));
    const named = (start: string) => lines.filter((line) => line.trim().startsWith(start));
    for (const start of ['Refill due by', 'Days to the alarm volume', 'Ratio of delivered', 'Grade of the residual']) {
      expect(named(start).length).toBeGreaterThan(0);
      expect(named(start).filter((line) => !line.includes('(calculated): '))).toEqual([]);
    }
    expect(named('Calculated reservoir volume: ').length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toMatch(/calculated[^\n]*\(calculated\)/i);
  });

  it('never says empty, overdue or that all is well, and gives no instruction to stop', () => {
    for (const name of storyNames) {
      const therapy = storyTherapy(name);
      const text = therapy.reports.map((_report, group) => textOf(therapy, group)).join('\n');
      expect(text).not.toMatch(/\boverdue\b|\bstop the pump\b|all clear|no problems? found/i);
    }
  });
});

describe('a correction', () => {
  const [there, now] = ['2', '5'].map(
    (valueString) => ({ resourceType: 'Observation', code: { text: 'Score' }, valueString }) as Observation,
  ) as [Observation, Observation];

  it('says what stands and what is reported now', () => {
    expect(correctionText(there, now, new Map()).split('\n')).toEqual([
      'Intrathecal baclofen pump: correction of what was written before',
      '',
      'In this chart stands:',
      '  Observation: Score',
      '    Value: 2',
      '',
      'It is reported now as:',
      '  Observation: Score',
      '    Value: 5',
      '',
      ...closing,
      '',
    ]);
  });

  it('says of what was withdrawn that it was entered in error', () => {
    expect(correctionText(there, undefined, new Map()).split('\n').slice(5, 7)).toEqual([
      '',
      'It was entered in error. Do not use it.',
    ]);
  });

  it('says so of a whole document, by its title', () => {
    expect(withdrawalText('Intrathecal baclofen pump: refill, 2024').split('\n').slice(2, 5)).toEqual([
      'This replaces: Intrathecal baclofen pump: refill, 2024',
      '',
      'It was entered in error. Do not use it.',
    ]);
  });
});
