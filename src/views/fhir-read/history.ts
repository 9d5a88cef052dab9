import type { Bundle, BundleEntry, BundleLink, Resource } from '@medplum/fhirtypes';
import { type Answer, answerWith, notFound, refusal } from './answer.ts';
import { type Asked, stated } from './asked.ts';
import type { FhirReadOptions } from './options.ts';
import { instantOf, pageSize, withQuery } from './query.ts';
import { type StoredResource, stored } from './stored.ts';
import { earlierVersions, versionColumns } from './versions.ts';

/**
 * `GET Type/id/_history`: every version that was served, newest first. A next page begins below the last version shown,
 * so versions that are written meanwhile move nothing.
 */
export async function history(asked: Asked, options: FhirReadOptions): Promise<Answer> {
  const question = questionOf(asked);
  if (question === undefined) return unreadable;
  const current = await stored(asked, options);
  if (!current) return notFound;
  const since = earlierVersions(asked, options).where('last_updated', '>=', question.sinceMs);
  const [earlier, { count }] = await Promise.all([
    since
      .select(versionColumns)
      .where('version', '<', question.below)
      .orderBy('version', 'desc')
      // One more than asked for tells whether there is another page.
      .limit(question.count + 1)
      .execute(),
    since.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow(),
  ]);
  const present = Number(current.last_updated) >= question.sinceMs ? [current] : [];
  const shown = [...present.filter(({ version }) => version < question.below), ...earlier];
  const entries = shown.slice(0, question.count);
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'history',
    total: Number(count) + present.length,
    link: links(asked, options, shown.length > entries.length ? entries.at(-1)?.version : undefined),
    ...(entries.length > 0 && { entry: entries.map((version) => entryOf(version, asked, options)) }),
  };
  return answerWith(bundle, { patients: [current.patient_id] });
}

const unreadable = refusal(400, 'value', 'A parameter of this history cannot be read: _count, _since or _page.');

interface Question {
  readonly count: number;
  readonly sinceMs: number;
  /** Versions below this one. */
  readonly below: number;
}

function questionOf(asked: Asked): Question | undefined {
  const count = pageSize(stated(asked, '_count'));
  const since = stated(asked, '_since');
  const sinceMs = since === undefined ? Number.MIN_SAFE_INTEGER : instantOf(since)?.epochMilliseconds;
  const page = stated(asked, '_page') ?? String(newestVersion);
  if (count === undefined || sinceMs === undefined || !/^\d{1,10}$/.test(page)) return undefined;
  return { count, sinceMs, below: Number(page) };
}

/** Above any version. */
const newestVersion = 2_147_483_647;

function entryOf(stored: StoredResource, { type, id }: Asked, { base }: FhirReadOptions): BundleEntry {
  const { version, state, content } = stored;
  const lastModified = Temporal.Instant.fromEpochMilliseconds(Number(stored.last_updated)).toString();
  const url = `${type}/${id}`;
  const response = { etag: `W/"${version}"`, lastModified };
  const fullUrl = `${base}/${url}`;
  if (state === 'deleted')
    return { fullUrl, request: { method: 'DELETE', url }, response: { status: '204', ...response } };
  const status = version === 1 ? '201' : '200';
  return {
    ...{ fullUrl, resource: JSON.parse(content) as Resource },
    ...{ request: { method: 'PUT', url }, response: { status, ...response } },
  };
}

function links(
  { type, id, parameters }: Asked,
  { base }: FhirReadOptions,
  lastShown: number | undefined,
): BundleLink[] {
  const url = `${base}/${type}/${id}/_history`;
  const kept = parameters.filter(([name]) => name !== '_page');
  const self = { relation: 'self', url: withQuery(url, parameters) };
  if (lastShown === undefined) return [self];
  return [self, { relation: 'next', url: withQuery(url, [...kept, ['_page', String(lastShown)]]) }];
}
