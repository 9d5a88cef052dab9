import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import { Watch } from './watch.ts';

export interface Written {
  readonly status: 200 | 201 | 404 | 412;
  readonly resource: Resource;
  readonly versionId: number;
}

/** What the stub remembers: resources by id, and which identity has which id. It checks nothing of their content. */
export class Hospital {
  readonly watch = new Watch();
  readonly #versions = new Map<string, number>();
  readonly #resources = new Map<string, Resource>();
  readonly #idOf = new Map<string, string>();
  readonly #voided = new Set<string>();
  readonly #origins = new Set<string>();
  writes = 0;
  staleVersions = 0;

  /** Of all that is there and was not taken back as entered in error. */
  identities(): string[] {
    return [...this.#idOf].filter(([, id]) => !this.#voided.has(id)).map(([identity]) => identity);
  }

  transaction(bundle: Bundle): Bundle {
    const entries = bundle.entry ?? [];
    this.watch.references(entries, (reference) => this.#versions.has(reference));
    return {
      resourceType: 'Bundle',
      type: 'transaction-response',
      entry: entries.map((entry) => this.#entry(entry)),
    };
  }

  /** Conditional create: `ifNoneExist` ends with the identity. */
  create(resource: Resource, ifNoneExist: string | undefined): Written {
    const identity = ifNoneExist && decodeURIComponent(ifNoneExist).split('|').at(-1);
    const known = identity && this.#idOf.get(identity);
    if (known) return this.#answer(200, resource, known);
    const id = `${this.#versions.size + 1}`;
    if (identity) this.#idOf.set(identity, id);
    else this.watch.counts.twice++;
    return this.#write(201, resource, id, 1);
  }

  update(resource: Resource, id: string, ifMatch: string | undefined): Written {
    const version = this.#versions.get(`${resource.resourceType}/${id}`);
    if (version === undefined) return this.#answer(404, resource, id);
    if (ifMatch !== `W/"${version}"`) {
      this.staleVersions++;
      return this.#answer(412, resource, id);
    }
    return this.#write(200, resource, id, version + 1);
  }

  /** Provenance says what once was: it stays when what it tells of is taken back. */
  origins(): string[] {
    return [...this.#idOf].filter(([, id]) => this.#origins.has(id)).map(([identity]) => identity);
  }

  read(reference: string): Written | undefined {
    const resource = this.#resources.get(reference);
    return resource && { status: 200, resource, versionId: this.#versions.get(reference) as number };
  }

  /** By identifier or tag tokens `system|identity`. */
  search(type: string, tokens: readonly string[]): Bundle {
    const found = tokens.flatMap((token) => {
      const reference = `${type}/${this.#idOf.get(token.split('|').at(-1) ?? '')}`;
      const written = this.read(reference);
      if (!written) return [];
      const { resource, versionId } = written;
      return [{ resource: { ...resource, meta: { ...resource.meta, versionId: String(versionId) } } }];
    });
    return { resourceType: 'Bundle', type: 'searchset', entry: found };
  }

  #entry({ request, resource }: BundleEntry): BundleEntry {
    if (!request || !resource) throw new Error('an entry without request or resource');
    const id = request.url?.split('/')[1];
    const {
      status,
      resource: written,
      versionId,
    } = request.method === 'POST'
      ? this.create(resource, request.ifNoneExist)
      : this.update(resource, id ?? '', request.ifMatch);
    const location = `${written.resourceType}/${written.id}/_history/${versionId}`;
    return { response: { status: String(status), location, etag: `W/"${versionId}"` } };
  }

  #write(status: 200 | 201, resource: Resource, id: string, versionId: number): Written {
    this.writes++;
    this.#versions.set(`${resource.resourceType}/${id}`, versionId);
    this.#resources.set(`${resource.resourceType}/${id}`, { ...resource, id });
    this.watch.written(id, resource);
    if (resource.resourceType === 'Provenance') this.#origins.add(id);
    if ('status' in resource && resource.status === 'entered-in-error') this.#voided.add(id);
    else this.#voided.delete(id);
    return this.#answer(status, resource, id);
  }

  #answer(status: Written['status'], resource: Resource, id: string): Written {
    const versionId = this.#versions.get(`${resource.resourceType}/${id}`) ?? 0;
    return { status, resource: { ...resource, id }, versionId };
  }
}
