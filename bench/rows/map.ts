import { validate } from '../../src/fhir/validate.ts';
import { alternate, repeatedFor } from '../measure.ts';
import { gate, type Row } from '../row.ts';
import { sampleStories } from '../stories.ts';
import { mapper, recordedOf } from '../therapies.ts';

const targetPerSecond = 1000;

/** Events → timeline → validated resources, on one thread. Every patient is computed from the beginning. */
export const map: Row = {
  name: 'map',
  async run() {
    const stories = sampleStories().map(recordedOf);
    const events = stories.reduce((sum, story) => sum + story.events.length, 0);
    const mapped = mapper();
    const results = stories.map(mapped);
    const resources = results.flatMap((result) => result.resources.map(({ resource }) => resource));
    const held = results.flatMap(({ remarks }) => remarks).filter((remark) => remark.held);
    const invalid = resources.filter((resource) => validate(resource, { requireProfile: 'always' }).length > 0);
    gate(held.length === 0, `${held.length} resources are held`);
    gate(resources.length > 4 * events && invalid.length === 0, `${invalid.length} resources are invalid`);
    const again = stories.map(mapped).flatMap((result) => result.resources.map(({ resource }) => resource));
    gate(JSON.stringify(again) === JSON.stringify(resources), 'the same events give other resources');

    const { ours, validation } = await alternate({
      ours: () => repeatedFor(1000, () => stories.map(mapped) && events),
      validation: () => repeatedFor(1000, () => resources.filter((it) => validate(it).length === 0) && events),
    });
    const share = ours.median / validation.median;
    return {
      figures: [
        {
          name: 'map, with validation',
          unit: 'events/s',
          ours,
          target: { says: `≥ ${targetPerSecond} events/s`, reached: ours.median >= targetPerSecond },
          note: `${resources.length} resources from ${events} events; ablation: validation is ${Math.round(share * 100)} % of the time`,
        },
      ],
      gate: `${resources.length} resources, none held, none invalid, the same twice`,
    };
  },
};
