import { describe, expect, it } from 'vitest';
import { desiredOf, patientOf } from '../stories/story.ts';
import { fill, report, simple } from '../therapy/reports.ts';

describe('a resource', () => {
  const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
    catheter: { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C9', volumeMl: 0.185 },
    fill: fill(18),
    prime: { volumeMl: 0.485 },
    program: simple(100),
  });
  const stop = report('pump-stop', 'B', '2024-06-01T10:00:00-04:00', {});

  it('has no member that is undefined, at any depth: it is what its JSON says', () => {
    const resources = desiredOf([implant, stop], patientOf(implant)).resources.map(({ resource }) => resource);
    expect(resources.length).toBeGreaterThan(10);
    expect(resources).toStrictEqual(JSON.parse(JSON.stringify(resources)));
  });
});
