import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleStories } from './stories.ts';
import { mapper, recordedOf } from './therapies.ts';

/** What is spoiled: right messages of every format, each short, so that many can be read in a second. */
export interface Corpus {
  readonly json: readonly string[];
  readonly csv: readonly string[];
  readonly hl7v2: readonly string[];
  readonly fhir: readonly string[];
}

const examples = join(import.meta.dirname, '../mappings/sources/examples');

export function corpus(): Corpus {
  const lines = sampleStories().flat();
  const texts = (end: string) =>
    readdirSync(examples)
      .filter((name) => name.endsWith(end))
      .map((name) => readFileSync(join(examples, name), 'utf8'));
  const messages = texts('.hl7').flatMap((text) =>
    text.split(/(?=^MSH)/m).filter((message) => message.startsWith('MSH')),
  );
  const tables = texts('.csv').flatMap((text) => {
    const [header, ...rows] = text.split(/\r?\n/).filter((row) => row !== '');
    return rows.map((row, n) => `${header}\n${row}\n${n % 3 === 0 ? `${rows[0]}\n` : ''}`);
  });
  return { json: lines, csv: tables, hl7v2: messages, fhir: bundles() };
}

/** Each resource of the samples beside the Patient and the Provenance that say of whom and of which report it is. */
function bundles(): string[] {
  const map = mapper();
  return sampleStories().flatMap((story) => {
    const recorded = recordedOf(story);
    const resources = map(recorded).resources.map(({ identity, resource }) => ({
      fullUrl: `urn:uuid:${identity}`,
      resource,
    }));
    const patient = {
      resource: {
        ...{ resourceType: 'Patient', id: recorded.patientId },
        identifier: [recorded.events[0]?.event.patient.identifier],
      },
    };
    const provenance = resources.filter(({ resource }) => resource.resourceType === 'Provenance');
    return resources.map((one, n) => {
      const entry = [patient, one, ...provenance.slice(n % 7, (n % 7) + 1)];
      return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
    });
  });
}
