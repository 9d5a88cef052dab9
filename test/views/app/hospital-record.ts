import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Patient, Resource } from '@medplum/fhirtypes';
import { type HospitalRecord, hospitalRecord } from '../../../src/views/app/page/hospital-record.ts';
import { storiesDir } from '../../stories/story.ts';

export const somebody: Patient = { resourceType: 'Patient', id: 'there', birthDate: '2013-02-14' };

/** What a hospital holds once a story has been written to it: every identity is the id that the server gave. */
export function writtenThere(story: string): Resource[] {
  const text = readFileSync(join(storiesDir, story, 'resources.json'), 'utf8');
  const [held = {}] = Object.values(JSON.parse(text) as Record<string, Record<string, Resource>>);
  const typeOf = new Map(Object.entries(held).map(([identity, { resourceType }]) => [identity, resourceType]));
  const linked = JSON.stringify(held).replace(
    /urn:uuid:([0-9a-f-]{36})/g,
    (_, id: string) => `${typeOf.get(id)}/${id}`,
  );
  return Object.entries(JSON.parse(linked) as Record<string, Resource>).map(([id, resource]) => ({ ...resource, id }));
}

/** Read as the page reads it; `asked` collects its searches. */
export async function recordOf(resources: readonly Resource[], asked: string[] = []): Promise<HospitalRecord> {
  return hospitalRecord(somebody, async (query) => {
    asked.push(query);
    return resources.filter(({ resourceType }) => query.startsWith(`${resourceType}?`));
  });
}
