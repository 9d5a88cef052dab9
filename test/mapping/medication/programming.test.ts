import { describe, expect, it } from 'vitest';
import { type Fields, fill, report, simple } from '../../therapy/reports.ts';
import { infusionBy, made, regimenBy } from '../made.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });
const later = (type: string, fields: Fields) =>
  report(type, 'B', '2024-05-01T10:00:00-04:00', { performer: { display: 'N. Urse' }, ...fields });

/** Who set the pump, as the infusion and as the regimen say it. */
function programmersOf(...events: Parameters<typeof made>[0]) {
  const all = made(events);
  const infusions = all.result.resources.flatMap(({ resource, entry }) =>
    resource.resourceType === 'MedicationAdministration' && entry.source.reportEventId === 'B' ? [resource] : [],
  );
  const performers = infusions
    .filter(({ request }) => request !== undefined)
    .map(({ performer }) => performer?.map(({ actor }) => actor.display).join());
  return [...performers, regimenBy(all, 'B').requester?.display];
}

describe('who programmed the pump', () => {
  it.each([
    ['refill', { fill: fill(18), program: simple(120) }],
    ['dose-change', { program: simple(120) }],
    ['restart', { program: simple(120) }],
    ['revision', { component: 'pump', action: 'repositioned', program: simple(120) }],
  ])('is the person whom the report of the %s names', (type, fields) => {
    expect(programmersOf(implant, later(type, fields))).toEqual(['N. Urse', 'N. Urse']);
  });

  it('is, on the bridge and on the infusion after it, the person whom the report of the bridge names', () => {
    const bridge = later('bolus', { bolus: { kind: 'bridge', volumeMl: 0.3, durationHours: 24 } });
    expect(programmersOf(implant, bridge)).toEqual(['N. Urse', 'N. Urse', 'N. Urse']);
  });

  it('is the person whom the report of the implant names', () => {
    expect(programmersOf(later('implant', { program: simple(100) }))).toEqual(['N. Urse', 'N. Urse']);
  });

  it('is not told by who only read the programme', () => {
    expect(programmersOf(implant, later('interrogation', { program: simple(120) }))).toEqual([undefined, undefined]);
  });

  it('is not told by who heard that the motor turned again', () => {
    const stall = report('alarm', 'S', '2024-04-01T10:00:00-04:00', { code: 'motor-stall' });
    const all = made([implant, stall, later('alarm', { code: 'motor-stall-recovered' })]);
    expect(infusionBy(all, 'B')).not.toHaveProperty('performer');
  });
});
