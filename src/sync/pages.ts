import type { Bundle, Resource } from '@medplum/fhirtypes';
import { fhirBase, isUnder } from '../auth/secure-url.ts';
import { problem } from '../event/problem.ts';
import { isSuccess } from './failure.ts';
import type { Answer, FhirClient } from './fhir-client.ts';

export interface Paged {
  /** Each once, in its newest version: a page may repeat what an earlier one had. */
  readonly resources: readonly Resource[];
  /** `partial`: there is more than was read, because of the bound or of a link that leads elsewhere. */
  readonly extent: 'whole' | 'partial';
}

/** Reads a search page by page, following `next` links under the base alone. An answer: what one page was refused with. */
export async function readPages(
  client: FhirClient,
  fhirBaseUrl: string,
  path: string,
  mostPages: number,
): Promise<Paged | Answer> {
  const newest = new Map<string, Resource>();
  const pages = eachPage(client, fhirBaseUrl, path, mostPages);
  for (;;) {
    const { done, value } = await pages.next();
    if (done) return typeof value === 'object' ? value : { resources: [...newest.values()], extent: value };
    for (const resource of value) keepNewest(newest, resource);
  }
}

/** The same for more than can be held: what each page has, then how far it came. A page may repeat what an earlier one had. */
export async function* eachPage(
  client: FhirClient,
  fhirBaseUrl: string,
  path: string,
  mostPages: number,
): AsyncGenerator<readonly Resource[], Paged['extent'] | Answer> {
  let next: string | undefined = path;
  for (let page = 1; next !== undefined && page <= mostPages; page++) {
    const answer = await client.send({ method: 'GET', path: next });
    if (answer.kind !== 'answered' || !isSuccess(answer.status)) return answer;
    const bundle = answer.body as Bundle | undefined;
    if (bundle?.resourceType !== 'Bundle') return { kind: 'unknown', problem: notABundle };
    yield resourcesIn(bundle);
    const link = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    if (link === undefined) return 'whole';
    next = pathUnder(fhirBaseUrl, link);
  }
  return 'partial';
}

/** A login page, a proxy: it must not count as a destination that holds nothing. */
const notABundle = problem('destination-unavailable', 'something else answered in place of the destination');

const resourcesIn = (bundle: Bundle): Resource[] => (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);

function keepNewest(newest: Map<string, Resource>, resource: Resource): void {
  const key = `${resource.resourceType}/${resource.id}`;
  const other = newest.get(key);
  if (!other || isNewer(resource, other)) newest.set(key, resource);
}

/** Version ids are compared as numbers where both are; else the instants of their last update. */
function isNewer({ meta: a }: Resource, { meta: b }: Resource): boolean {
  const [versionA, versionB] = [Number(a?.versionId), Number(b?.versionId)];
  if (!Number.isNaN(versionA) && !Number.isNaN(versionB)) return versionA > versionB;
  const [updatedA, updatedB] = [a?.lastUpdated, b?.lastUpdated];
  if (!updatedA || !updatedB) return false;
  return Temporal.Instant.compare(updatedA, updatedB) > 0;
}

/** A link as a path below the base; undefined where it leads elsewhere: the token belongs to the base alone. */
function pathUnder(fhirBaseUrl: string, link: string): string | undefined {
  const base = fhirBase(fhirBaseUrl);
  const against = `${base.href.replace(/\/$/, '')}/`;
  if (!URL.canParse(link, against)) return undefined;
  const url = new URL(link, against);
  if (!isUnder(base, url)) return undefined;
  const below = url.pathname.slice(base.pathname.replace(/\/$/, '').length).replace(/^\//, '');
  return `${below}${url.search}`;
}
