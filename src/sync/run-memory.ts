import type { Resource } from '@medplum/fhirtypes';
import { identityIn, mapReferences, referredIdentities } from '../fhir/references.ts';
import type { Trx } from '../store/store.ts';
import { contentHash } from './content.ts';
import type { Answer, FhirClient } from './fhir-client.ts';
import { forgetLinks, linksByIdentity, linksOf, type Pending, saveLinks, savePending } from './links.ts';
import type { Asking } from './look-up.ts';
import { type Link, linkOfOperation, type Operation, resourceOf } from './plan.ts';
import type { RunContext, Therapy } from './run.ts';
import { RunEnded } from './run-result.ts';

/**
 * What one run knows of its destination: as the store remembers it, kept equal to the store. Every write and every
 * request is fenced: it happens only while this run owns the patient's lane, else the run ends.
 */
export class RunMemory {
  readonly links = new Map<string, Link>();
  /** What may be there without a link, by identity. */
  readonly pending = new Map<string, Pending>();
  /** The destination's own Patient, as soon as it is known. */
  patientServerId: string | undefined;
  /** The same, where an earlier run found it: it may be gone by now. */
  rememberedPatient: string | undefined;
  readonly #context: RunContext;
  readonly #therapy: Therapy;
  /** What ours refers to and another therapy has taken over since: a merge was undone, a wrong patient corrected. */
  readonly #elsewhere = new Map<string, Link>();

  constructor(context: RunContext, therapy: Therapy) {
    this.#context = context;
    this.#therapy = therapy;
  }

  get owner() {
    const { tenant, name } = this.#context.destination;
    return { tenant, destination: name };
  }

  get asking(): Asking {
    const { destination, identifierSystem, capabilities } = this.#context;
    const { client, patientServerId } = this;
    return { client, fhirBaseUrl: destination.fhirBaseUrl, identifierSystem, capabilities, patientServerId };
  }

  /** Where everything is that ours refers to. */
  get places(): ReadonlyMap<string, Link> {
    return new Map([...this.#elsewhere, ...this.links]);
  }

  async load(): Promise<void> {
    const { links, pending } = await linksOf(this.#context.store.db, this.owner, this.#therapy.family);
    for (const link of links.values()) this.links.set(link.identity, link);
    for (const item of pending) this.pending.set(item.identity, item);
    const contents = [...links.values()].flatMap(({ content, sent = [] }) => [content, ...sent]);
    const strange = new Set(contents.flatMap(referredIdentities)).difference(this.links);
    for (const link of await linksByIdentity(this.#context.store.db, this.owner, [...strange])) {
      this.#elsewhere.set(link.identity, link);
    }
  }

  /**
   * Durable before the request: after a crash the next run knows what to look for, and trusts nothing that may have
   * been changed, even if what is wanted has meanwhile become what was there before.
   */
  async announce(operations: readonly Operation[]): Promise<void> {
    const nowMs = await this.#context.store.nowMs();
    const { patientId } = this.#therapy;
    const changed = operations.flatMap((operation) =>
      linkOfOperation(operation).map((planned): Link => {
        const link = this.links.get(planned.identity) ?? planned;
        const sent = withContent(link.sent, resourceOf(operation));
        return { ...link, patientId, state: 'live', contentHash: null, sent };
      }),
    );
    const created = operations.flatMap((operation) => this.#newlyPending(operation, nowMs));
    if (changed.length + created.length === 0) return;
    await this.#fenced(async (trx) => {
      await savePending(trx, this.owner, patientId, created);
      await saveLinks(trx, this.owner, changed, this.#context.mappingVersion, nowMs);
    });
    for (const item of created) this.pending.set(item.identity, item);
    for (const link of changed) this.links.set(link.identity, link);
  }

  /** Announced, and certainly not applied. What an earlier run had left open counts as it did before. */
  async retract(identities: readonly string[], before: ReadonlyMap<string, Pending>): Promise<void> {
    if (identities.length === 0) return;
    const earlier = identities.flatMap((identity) => before.get(identity) ?? []);
    const fresh = identities.filter((identity) => !before.has(identity));
    await this.#fenced(async (trx) => {
      await forgetLinks(trx, this.owner, fresh);
      await savePending(trx, this.owner, this.#therapy.patientId, earlier);
    });
    for (const identity of fresh) this.pending.delete(identity);
    for (const item of earlier) this.pending.set(item.identity, item);
  }

  async save(links: readonly Link[]): Promise<void> {
    if (links.length === 0) return;
    const { store, mappingVersion } = this.#context;
    const nowMs = await store.nowMs();
    await this.#fenced((trx) => saveLinks(trx, this.owner, links, mappingVersion, nowMs));
    for (const link of links) {
      this.links.set(link.identity, link);
      this.pending.delete(link.identity);
    }
  }

  /** What is still without a link, and what is known of it. */
  async savePending(items: readonly Pending[]): Promise<void> {
    if (items.length === 0) return;
    await this.#fenced((trx) => savePending(trx, this.owner, this.#therapy.patientId, items));
    for (const item of items) this.pending.set(item.identity, item);
  }

  /**
   * Gone at the destination, or never there. What refers to it there points nowhere now, and is written again; until
   * then its content is known with the dead address in it.
   */
  async forget(identities: readonly string[]): Promise<void> {
    if (identities.length === 0) return;
    const gone = new Map(identities.map((identity) => [identity, this.links.get(identity)]));
    await this.#fenced((trx) => forgetLinks(trx, this.owner, identities));
    for (const identity of identities) {
      this.links.delete(identity);
      this.pending.delete(identity);
    }
    const withDeadAddresses = (resource: Resource): Resource =>
      mapReferences(resource, (reference) => {
        const link = gone.get(identityIn(reference) ?? '');
        return link && `${link.resourceType}/${link.serverId}`;
      });
    const pointing = [...this.links.values()].filter((link) =>
      referredIdentities(link.content).some((to) => gone.has(to)),
    );
    await this.save(
      pointing.map((link) => ({
        ...link,
        contentHash: link.state === 'contested' ? link.contentHash : null,
        content: withDeadAddresses(link.content),
        sent: link.sent?.map(withDeadAddresses),
      })),
    );
  }

  /** Any other write of a run. */
  async write(work: (trx: Trx, nowMs: number) => Promise<void>): Promise<void> {
    const nowMs = await this.#context.store.nowMs();
    await this.#fenced((trx) => work(trx, nowMs));
  }

  readonly client: FhirClient = {
    send: async (request): Promise<Answer> => {
      await this.owned();
      return this.#context.client.send(request);
    },
  };

  /** Ends the run where its lease does not outlast one more request. */
  async owned(): Promise<void> {
    if (!(await this.#context.fence.renewed())) throw new RunEnded({ kind: 'lease-lost' });
  }

  /** Also what is sent once more: from now on nobody knows again. */
  #newlyPending(operation: Operation, nowMs: number): Pending[] {
    if (operation.kind !== 'create') return [];
    const { identity } = operation;
    const { resource } = operation.item;
    const sent = withContent(this.pending.get(identity)?.sent, resource);
    return [{ identity, resourceType: resource.resourceType, state: 'pending', sent, sinceMs: nowMs }];
  }

  async #fenced(work: (trx: Trx) => Promise<void>): Promise<void> {
    const held = await this.#context.store.transaction(async (trx) => {
      if (!(await this.#context.fence.holds(trx))) return false;
      await work(trx);
      return true;
    });
    if (!held) throw new RunEnded({ kind: 'lease-lost' });
  }
}

/** Each content once. */
function withContent(sent: readonly Resource[] = [], resource: Resource): readonly Resource[] {
  const hash = contentHash(resource);
  return sent.some((each) => contentHash(each) === hash) ? sent : [...sent, resource];
}
