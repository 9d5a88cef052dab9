import type { Resource } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import { identityIn, mapReferences, referredIdentities } from '../fhir/references.ts';
import type { Trx } from '../store/store.ts';
import { contentHash } from './content.ts';
import type { Answer, FhirClient } from './fhir-client.ts';
import {
  firstPending,
  forgetLinks,
  type HeldByOthers,
  linksByIdentity,
  linksOf,
  type Marks,
  marksNow,
  type Pending,
  saveLinks,
  savePending,
} from './links.ts';
import type { Asking } from './look-up.ts';
import { type Link, linkOfOperation, type Operation, resourceOf } from './plan.ts';
import type { RunContext, Therapy } from './run.ts';
import { RunEnded, type RunResult } from './run-result.ts';

/**
 * What one run knows of its destination: as the store remembers it, kept equal to the store. Every write and every
 * request is fenced: it happens only while this run owns the patient's lane, else the run ends.
 *
 * Two lanes may lead to one resource: a merge, or the end of one, comes while a run is under way that knows nothing of
 * it. Whoever writes what the other has written since ends its run too: what it knows of the hospital is out of date, and
 * what the other has just sent would seem to be a change of the hospital's.
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
  /** Of everything that this run may write, as it last read or wrote it. */
  readonly #marks = new Map<string, string>();

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
    const { links, pending, marks } = await linksOf(this.#context.store.db, this.owner, this.#therapy.family);
    this.#note(marks);
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
    const identities = operations.map(({ identity }) => identity);
    await this.#rewrite(identities, async (trx) => {
      const [first, again] = [
        created.filter(({ identity }) => !this.pending.has(identity)),
        created.filter(({ identity }) => this.pending.has(identity)),
      ];
      const fresh = await firstPending(trx, this.owner, patientId, first);
      if (fresh.size < first.length) throw new RunEnded(overtaken);
      const open = await savePending(trx, this.owner, patientId, again);
      return [fresh, open, await saveLinks(trx, this.owner, changed, this.#context.mappingVersion, nowMs)];
    });
    for (const item of created) this.pending.set(item.identity, item);
    for (const link of changed) this.links.set(link.identity, link);
  }

  /** Announced, and certainly not applied. What an earlier run had left open counts as it did before. */
  async retract(identities: readonly string[], before: ReadonlyMap<string, Pending>): Promise<void> {
    if (identities.length === 0) return;
    const earlier = identities.flatMap((identity) => before.get(identity) ?? []);
    const fresh = identities.filter((identity) => !before.has(identity));
    await this.#rewrite(identities, async (trx) => {
      await forgetLinks(trx, this.owner, fresh);
      return [await savePending(trx, this.owner, this.#therapy.patientId, earlier)];
    });
    for (const identity of fresh) this.pending.delete(identity);
    for (const item of earlier) this.pending.set(item.identity, item);
  }

  async save(links: readonly Link[]): Promise<void> {
    if (links.length === 0) return;
    const { store, mappingVersion } = this.#context;
    const nowMs = await store.nowMs();
    await this.#rewrite(
      links.map(({ identity }) => identity),
      async (trx) => [await saveLinks(trx, this.owner, links, mappingVersion, nowMs)],
    );
    for (const link of links) {
      this.links.set(link.identity, link);
      this.pending.delete(link.identity);
    }
  }

  /** What is still without a link, and what is known of it. */
  async savePending(items: readonly Pending[]): Promise<void> {
    if (items.length === 0) return;
    await this.#rewrite(
      items.map(({ identity }) => identity),
      async (trx) => [await savePending(trx, this.owner, this.#therapy.patientId, items)],
    );
    for (const item of items) this.pending.set(item.identity, item);
  }

  /** What another therapy let go of is this one's from now on. */
  takeOver({ letGo, marks }: HeldByOthers): void {
    const { patientId } = this.#therapy;
    this.#note(marks);
    for (const link of letGo) this.links.set(link.identity, { ...link, patientId });
  }

  /**
   * Gone at the destination, or never there. What refers to it there points nowhere now, and is written again; until
   * then its content is known with the dead address in it.
   */
  async forget(identities: readonly string[]): Promise<void> {
    if (identities.length === 0) return;
    const gone = new Map(identities.map((identity) => [identity, this.links.get(identity)]));
    await this.#rewrite(identities, async (trx) => {
      await forgetLinks(trx, this.owner, identities);
      return [];
    });
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

  /** What is written of these, as long as nobody else has written it since; `work` returns what is written of them now. */
  async #rewrite(identities: readonly string[], work: (trx: Trx) => Promise<readonly Marks[]>): Promise<void> {
    const written = await this.#fenced(async (trx) => {
      const now = await marksNow(trx, this.owner, identities);
      if (identities.some((identity) => now.get(identity) !== this.#marks.get(identity))) throw new RunEnded(overtaken);
      return work(trx);
    });
    for (const identity of identities) this.#marks.delete(identity);
    for (const marks of written) this.#note(marks);
  }

  #note(marks: Marks): void {
    for (const [identity, mark] of marks) this.#marks.set(identity, mark);
  }

  #fenced<Result>(work: (trx: Trx) => Promise<Result>): Promise<Result> {
    return this.#context.store.transaction(async (trx) => {
      if (!(await this.#context.fence.holds(trx))) throw new RunEnded({ kind: 'lease-lost' });
      return work(trx);
    });
  }
}

const conflict = problem('destination-conflict', 'another run has written what this one was about to write');

const overtaken: RunResult = { kind: 'retry', problem: conflict, problems: [conflict] };

/** Each content once. */
function withContent(sent: readonly Resource[] = [], resource: Resource): readonly Resource[] {
  const hash = contentHash(resource);
  return sent.some((each) => contentHash(each) === hash) ? sent : [...sent, resource];
}
