import { describe, expect, it } from 'vitest';
import { itb } from '../../src/fhir/systems.ts';
import { pumpEvent } from '../../src/mapping/pump-event.ts';
import { mappingContext } from '../stories/story.ts';
import { type Fields, fill, fold, report, simple } from '../therapy/reports.ts';

const implant = report('implant', 'A', '2024-03-01T10:00-05:00', { fill: fill(18), program: simple(100) });
const eventOf = (type: string, fields: Fields, before = implant) => {
  const therapy = fold([before, report(type, 'B', '2024-04-01T10:00-04:00', fields)]);
  const entry = therapy.entries.find(({ source }) => source.reportEventId === 'B') as (typeof therapy.entries)[number];
  return pumpEvent(therapy, entry, mappingContext('p')).category?.coding?.map(({ system, code }) => [system, code]);
};
const named = (code: string) => [[itb.pumpEvent, code]];

describe('what a session with the pump was', () => {
  it.each([
    ['refill', { fill: fill(18) }, 'refill'],
    ['interrogation', {}, 'interrogation'],
    ['pump-stop', {}, 'pump-stop'],
    ['restart', { program: simple(90) }, 'pump-restart'],
    ['reservoir-emptied', {}, 'reservoir-emptied-mri'],
    ['bolus', { bolus: { kind: 'bridge', volumeMl: 0.4, durationHours: 48 } }, 'bridge-bolus'],
    ['bolus', { bolus: { kind: 'priming', volumeMl: 0.4 } }, 'priming-bolus'],
    ['dose-change', { program: simple(120) }, 'dose-change'],
    ['dose-change', { program: { ...simple(100), mode: 'minimum-rate' } }, 'mode-change'],
    ['dose-change', { program: { ...simple(120, 500), mode: 'minimum-rate' } }, 'concentration-change'],
    ['dose-change', { program: { mode: 'simple-continuous', doseUgPerDay: 120 } }, 'dose-change'],
  ])('%s %j', (type, fields, code) => expect(eventOf(type, fields)).toEqual(named(code)));

  it.each([
    ['bolus', { bolus: { kind: 'single', doseUg: 20, durationMinutes: 5 } }],
    ['revision', { component: 'pump', action: 'repositioned' }],
    ['explant', {}],
  ])('has no name of its own for %s', (type, fields) => expect(eventOf(type, fields)).toBeUndefined());

  it('is told by what ran in the same pump, whatever another one was set to since', () => {
    const other = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720002H' };
    const second = report('implant', 'X', '2024-03-15T10:00-04:00', {
      pump: other,
      program: { ...simple(100, 500), mode: 'minimum-rate' },
    });
    const change = report('dose-change', 'B', '2024-04-01T10:00-04:00', { program: simple(120) });
    const therapy = fold([implant, second, change]);
    const entry = therapy.entries.find(
      ({ source }) => source.reportEventId === 'B',
    ) as (typeof therapy.entries)[number];
    expect(pumpEvent(therapy, entry, mappingContext('p')).category?.text).toBe('Dose change');
  });

  it('is a dose change where nothing was known to run', () => {
    const bare = report('implant', 'A', '2024-03-01T10:00-05:00');
    expect(eventOf('dose-change', { program: simple(120) }, bare)).toEqual(named('dose-change'));
  });
});
