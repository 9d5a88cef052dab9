import { type Answer, gone, notFound } from './answer.ts';
import type { Asked } from './asked.ts';
import type { FhirReadOptions } from './options.ts';
import { type StoredResource, stored } from './stored.ts';
import { earlierVersions, versionColumns } from './versions.ts';

/** `GET Type/id`: the resource as it is now. */
export async function read(asked: Asked, options: FhirReadOptions): Promise<Answer> {
  const found = await stored(asked, options);
  return found ? versionAnswer(found) : notFound;
}

/** `GET Type/id/_history/version`: the resource as it was served once. */
export async function readVersion(asked: Asked, options: FhirReadOptions): Promise<Answer> {
  const current = await stored(asked, options);
  if (!current) return notFound;
  const number = /^[1-9]\d{0,8}$/.test(asked.version) ? Number(asked.version) : 0;
  const earlier = await earlierVersions(asked, options)
    .select(versionColumns)
    .where('version', '=', number)
    .executeTakeFirst();
  const found = current.version === number ? current : earlier;
  return found ? versionAnswer(found) : notFound;
}

function versionAnswer(resource: StoredResource): Answer {
  const patients = [resource.patient_id];
  if (resource.state === 'deleted') return { ...gone, patients };
  const version = { number: resource.version, lastUpdatedMs: Number(resource.last_updated) };
  return { status: 200, body: resource.content, version, patients };
}
