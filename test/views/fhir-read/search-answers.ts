import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import type { Reach } from '../../../src/auth/reach.ts';
import { loadDefinitions } from '../../../src/fhir/definitions.ts';
import type { Environment } from '../../../src/store/schema.ts';
import type { Store } from '../../../src/store/store.ts';
import { type SearchQuestion, search } from '../../../src/views/fhir-read/search.ts';
import type { ServedType } from '../../../src/views/read-model/search-parameters.ts';
import { addRows } from '../../../src/views/read-model/write-rows.ts';

/** Resources in the tables of one tenant, and searches over them as a client would write them. */

export const base = 'https://adapter.test/fhir';

export interface Put {
  readonly patient?: string;
  readonly environment?: Environment;
  /** When they were last updated. */
  readonly at?: string;
}

export type Over = Partial<SearchQuestion>;

export type Mode = NonNullable<BundleEntry['search']>['mode'];

export class Searchable {
  readonly store: Store;
  readonly tenant: string;

  constructor(store: Store, tenant: string) {
    loadDefinitions('profiles');
    this.store = store;
    this.tenant = tenant;
  }

  /** In the order in which they are given; each row is a first version. */
  async put(resources: readonly object[], { patient = 'p1', environment = 'live', at }: Put = {}): Promise<void> {
    const atMs = Temporal.Instant.from(at ?? '2026-11-20T08:00:00Z').epochMilliseconds;
    const rows = (resources as Resource[]).map((resource) => ({
      type: resource.resourceType,
      id: resource.id as string,
      resource,
    }));
    const target = { tenant: this.tenant, environment, patientId: patient, atMs };
    await this.store.transaction((trx) => addRows(trx, target, rows));
  }

  /** The answer to `Type?query`, or to a link. */
  ask(address: string, over: Over = {}) {
    const [type = '', query = ''] = address.replace(`${base}/`, '').split('?');
    const question: SearchQuestion = {
      reader: { tenant: this.tenant, environment: 'live' },
      base,
      reachOf: wholeTenant,
      ours: (id) => id,
      caller: 'app one',
      handling: 'strict',
      key: 'a secret of this deployment',
      now: Temporal.Instant.from('2026-11-21T12:00:00Z'),
      ...over,
    };
    return search(this.store.db, question, type as ServedType, [...new URLSearchParams(query)]);
  }

  /** Throws where the search is refused. */
  async bundle(address: string, over: Over = {}): Promise<Bundle> {
    const answer = await this.ask(address, over);
    if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.outcome.issue));
    return JSON.parse(answer.bundle) as Bundle;
  }

  async found(address: string, over: Over = {}): Promise<string[]> {
    return idsIn(await this.bundle(address, over), 'match');
  }

  async included(address: string, over: Over = {}): Promise<string[]> {
    return idsIn(await this.bundle(address, over), 'include');
  }

  /** Status and issues of a refusal; throws where there is none. */
  async refusal(address: string, over: Over = {}): Promise<string> {
    const answer = await this.ask(address, over);
    if (answer.kind === 'found') throw new Error('The search was answered');
    const { status, outcome } = answer;
    return [status, ...outcome.issue.map(({ code, diagnostics }) => `${code}: ${diagnostics}`)].join(' ');
  }

  /** The pages from an address on, until there is no next one. */
  async pages(address: string, over: Over = {}): Promise<string[][]> {
    const all: string[][] = [];
    for (let next: string | undefined = address; next !== undefined; ) {
      const bundle: Bundle = await this.bundle(next, over);
      all.push(idsIn(bundle, 'match'));
      next = linkOf(bundle, 'next');
    }
    return all;
  }
}

export const wholeTenant = (): Reach => [{}];

export const idsIn = (bundle: Bundle, mode: Mode): string[] =>
  (bundle.entry ?? []).filter(({ search }) => search?.mode === mode).map(({ resource }) => resource?.id ?? '');

export const linkOf = ({ link }: Bundle, relation: 'self' | 'next'): string | undefined =>
  link?.find((one) => one.relation === relation)?.url;
