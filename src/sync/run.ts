/**
 * One run: bring one patient's therapy at one destination into step.
 *
 * ## Matching
 * The destination's Patient is known or searched. Leaves to looking, or ends parked.
 *
 * ## Looking
 * What an earlier run was about to create, and never learned of, is searched by identity: found, it becomes a link,
 * wanted or not. Leaves to planning.
 *
 * ## Planning
 * Desired against links. Nothing to do: ends in step, or held back by another patient. Else sending.
 *
 * ## Sending
 * Transactions, each between two writes under the fencing token: what it is about to create, and the links that came
 * of it. Leaves to planning (done, or read again after a conflict), or ends: retry, parked, lease lost.
 */
import { type Problem, problem } from '../event/problem.ts';
import { referredIdentities } from '../fhir/references.ts';
import type { Store, Trx } from '../store/store.ts';
import type { Destination } from './destination.ts';
import type { Reaction } from './failure.ts';
import type { Answer, FhirClient } from './fhir-client.ts';
import { distrustLinks, forgetLinks, heldByOthers, linksOf, type Named, saveLinks, savePending } from './links.ts';
import { readAgain, recognise, searchByIdentity } from './look-up.ts';
import { knownMatch, matchPatient, type PatientIdentifier, rememberMatch } from './match-patient.ts';
import { batches, type Link, type Operation, plan } from './plan.ts';
import { tailor } from './tailor.ts';
import type { EventReport, Tailored, Wanted } from './tailored.ts';
import { readAnswer, resourceOf, transactionOf } from './transaction.ts';
import { isRemovedByHand } from './withdrawal.ts';

export interface RunContext {
  readonly store: Store;
  readonly destination: Destination;
  readonly client: FhirClient;
  readonly identifierSystem: string;
  readonly mappingVersion: string;
  readonly fence: Fence;
}

/** Whether this run still owns the patient's lane at this destination. */
export interface Fence {
  /** Makes sure that the lease outlasts one more request; false: it is lost. */
  renewed(): Promise<boolean>;
  /** Checked in the transaction of every write; false: it is lost. */
  holds(trx: Trx): Promise<boolean>;
}

export interface Therapy {
  readonly patientId: string;
  /** The patient and those merged into it. */
  readonly family: readonly string[];
  readonly identifiers: readonly PatientIdentifier[];
  readonly wanted: readonly Wanted[];
  readonly reports: readonly EventReport[];
}

/** `leftover`: something there is no longer wanted, and only a human can remove it. */
export type RunResult =
  | { readonly kind: 'in-step'; readonly written: number; readonly leftover?: Problem | undefined }
  /** In step but for what another patient still holds there: to be looked at again. */
  | {
      readonly kind: 'held-back';
      readonly written: number;
      readonly problem: Problem;
      readonly leftover?: Problem | undefined;
    }
  | { readonly kind: 'retry'; readonly problem: Problem; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'parked'; readonly problem: Problem }
  | { readonly kind: 'lease-lost' };

/** A conflict is read again and retried so often in one run; a refusal (400, 404) that nothing explains once. */
const conflictLimit = 5;
const refusalLimit = 1;

export async function bringInStep(context: RunContext, therapy: Therapy): Promise<RunResult> {
  const run = new Run(context, therapy);
  try {
    return await run.go();
  } catch (ended) {
    if (ended instanceof RunEnded) return ended.result;
    throw ended;
  }
}

/** Unwinds a run from any depth with its result. It never leaves this file. */
class RunEnded extends Error {
  readonly result: RunResult;
  constructor(result: RunResult) {
    super(result.kind);
    this.result = result;
  }
}

class Run {
  readonly #context: RunContext;
  readonly #therapy: Therapy;
  #links = new Map<string, Link>();
  #wanted: readonly Tailored[] = [];
  /** Identities noted in the store as about to be created. */
  readonly #pending = new Set<string>();
  /** Identities read again in this run: a server that tells no version then is asked no more. */
  readonly #asked = new Set<string>();
  #conflicts = 0;
  #refusals = 0;
  #written = 0;

  constructor(context: RunContext, therapy: Therapy) {
    this.#context = context;
    this.#therapy = therapy;
  }

  async go(): Promise<RunResult> {
    const { family, patientId, wanted } = this.#therapy;
    const remembered = await linksOf(this.#context.store.db, this.#owner(), family);
    this.#links = new Map(remembered.links);
    if (wanted.length === 0 && this.#links.size === 0 && remembered.pending.length === 0) return inStep(0);
    const tailored = tailor(wanted, patientId, await this.#match(), this.#context.destination.scopes);
    const heldBack = await this.#leaveOutTaken(tailored);
    await this.#lookFor(remembered.pending);
    const leftover = await this.#leaveToHumans();
    for (;;) {
      const groups = plan(this.#wanted, this.#links);
      if (groups.length === 0) return { ...(heldBack ?? { kind: 'in-step' }), written: this.#written, leftover };
      for (const batch of batches(groups, this.#context.destination.maxEntries)) {
        if ((await this.#send(batch)) === 'plan-again') break;
      }
    }
  }

  #owner() {
    const { tenant, name } = this.#context.destination;
    return { tenant, destination: name };
  }

  async #match(): Promise<string> {
    const { store, destination } = this.#context;
    const { patientId, identifiers } = this.#therapy;
    const known = await knownMatch(store.db, destination, patientId);
    if (known) return known;
    const found = await matchPatient(this.#fencedClient, destination, patientId, identifiers);
    if (!('serverId' in found)) return this.#end(found);
    const nowMs = await store.nowMs();
    await this.#fenced((trx) => rememberMatch(trx, destination, patientId, found.serverId, nowMs));
    return found.serverId;
  }

  /** An identity that another patient's therapy holds here is never overwritten: it waits until that one lets go. */
  async #leaveOutTaken(tailored: readonly Tailored[]): Promise<{ kind: 'held-back'; problem: Problem } | undefined> {
    const unlinked = tailored.filter((item) => !this.#links.has(item.identity)).map((item) => item.identity);
    const { family, patientId } = this.#therapy;
    const { taken, letGo } = await heldByOthers(this.#context.store.db, this.#owner(), family, unlinked);
    for (const link of letGo) this.#links.set(link.identity, { ...link, patientId });
    this.#wanted = without(tailored, taken);
    if (taken.size === 0) return undefined;
    return {
      kind: 'held-back',
      problem: problem('identity-ambiguous', 'another patient holds a resource of this one'),
    };
  }

  /** Looks before it writes. What is not there and no longer wanted need not be looked for again. */
  async #lookFor(pending: readonly Named[]): Promise<void> {
    if (pending.length === 0) return;
    for (const { identity } of pending) this.#pending.add(identity);
    await this.#adopt(pending);
    const wanted = new Set(this.#wanted.map((item) => item.identity));
    const never = pending.filter(({ identity }) => !this.#links.has(identity) && !wanted.has(identity));
    await this.#forget(never.map(({ identity }) => identity));
  }

  /** What is no longer wanted and has no way to say so. It is looked at each time: a human may have removed it by now. */
  async #leaveToHumans(): Promise<Problem | undefined> {
    const wanted = new Set(this.#wanted.map((item) => item.identity));
    const links = [...this.#links.values()].filter(
      ({ resourceType, identity }) => isRemovedByHand(resourceType) && !wanted.has(identity),
    );
    let left: Problem | undefined;
    for (const link of links) {
      const current = await readAgain(this.#fencedClient, link);
      if (current && 'kind' in current) return this.#end(current);
      if (!current) {
        await this.#forget([link.identity]);
        continue;
      }
      await this.#save([{ ...current, state: 'voided' }]);
      left = problem('manual-removal-needed', `${link.resourceType} there is withdrawn here`, undefined, 'warning');
    }
    return left;
  }

  async #send(batch: readonly Operation[]): Promise<'sent' | 'plan-again'> {
    const unversioned = batch.flatMap(linkOfOperation).filter((link) => this.#isUnversioned(link));
    if (unversioned.length > 0) {
      await this.#readAgain(unversioned);
      return 'plan-again';
    }
    await this.#announce(batch);
    const { identifierSystem } = this.#context;
    const body = transactionOf(batch, this.#links, identifierSystem);
    const answer = await this.#fencedClient.send({ method: 'POST', path: '', body });
    const { links, reaction } = readAnswer(batch, answer, this.#therapy.patientId);
    await this.#save(links);
    this.#written += links.length;
    if (!reaction) return links.some((link) => link.contentHash === null) ? 'plan-again' : 'sent';
    if (reaction.kind !== 'conflict') return this.#end(reaction);
    const before = new Set(this.#links.keys());
    await this.#readAgain(this.#suspects(batch, reaction));
    await this.#adopt(batch.flatMap((operation) => (operation.kind === 'create' ? [nameOf(operation)] : [])));
    this.#countConflict(reaction, before);
    return 'plan-again';
  }

  #isUnversioned({ identity, versionId }: Link): boolean {
    return versionId === null && !this.#asked.has(identity);
  }

  /**
   * Durable before the request: after a crash the next run knows what to look for, and trusts nothing that may have
   * been changed, even if what is wanted has meanwhile become what was there before.
   */
  async #announce(batch: readonly Operation[]): Promise<void> {
    const changed = batch.flatMap(linkOfOperation).map(({ identity }) => identity);
    const creates = batch.flatMap((operation) => (operation.kind === 'create' ? [nameOf(operation)] : []));
    const news = creates.filter(({ identity }) => !this.#pending.has(identity));
    if (changed.length + news.length === 0) return;
    const { store } = this.#context;
    const { patientId } = this.#therapy;
    const nowMs = await store.nowMs();
    await this.#fenced(async (trx) => {
      await savePending(trx, this.#owner(), patientId, news, nowMs);
      await distrustLinks(trx, this.#owner(), patientId, changed);
    });
    for (const { identity } of news) this.#pending.add(identity);
  }

  /** A stale version is one of the batch's own; a refusal may also be about something gone that the batch refers to. */
  #suspects(batch: readonly Operation[], reaction: Reaction): readonly Link[] {
    const own = batch.flatMap(linkOfOperation);
    if (reaction.problem.code !== 'destination-refused') return own;
    const referred = batch.flatMap((operation) => referredIdentities(resourceOf(operation)));
    const links = referred.flatMap((identity) => this.#links.get(identity) ?? []);
    return [...new Map([...own, ...links].map((link) => [link.identity, link])).values()];
  }

  /** A refusal is worth another try while reading again shows why: something is gone, or has been there all along. */
  #countConflict(reaction: Extract<Reaction, { kind: 'conflict' }>, before: ReadonlySet<string>): void {
    const isExplained = before.symmetricDifference(this.#links).size > 0;
    const isRefusal = reaction.problem.code === 'destination-refused' && !isExplained;
    if (isRefusal && ++this.#refusals > refusalLimit) this.#end({ kind: 'terminal', problem: reaction.problem });
    if (++this.#conflicts > conflictLimit) this.#end({ kind: 'retry', problem: reaction.problem });
  }

  /** What the destination holds now of these. */
  async #readAgain(links: readonly Link[]): Promise<void> {
    for (const link of links) {
      this.#asked.add(link.identity);
      const current = await readAgain(this.#fencedClient, link);
      if (current === undefined) await this.#forget([link.identity]);
      else if ('kind' in current) this.#end(current);
      else await this.#save(recognise([current], this.#wanted, this.#links));
    }
  }

  /** What is found there becomes a link. */
  async #adopt(sought: readonly Named[]): Promise<void> {
    const unlinked = sought.filter(({ identity }) => !this.#links.has(identity));
    const { identifierSystem } = this.#context;
    const found = await searchByIdentity(this.#fencedClient, identifierSystem, unlinked, this.#therapy.patientId);
    if ('kind' in found) this.#end(found);
    else await this.#save(recognise(found, this.#wanted, this.#links));
  }

  async #save(links: readonly Link[]): Promise<void> {
    if (links.length === 0) return;
    const { store, mappingVersion } = this.#context;
    const nowMs = await store.nowMs();
    await this.#fenced((trx) => saveLinks(trx, this.#owner(), links, mappingVersion, nowMs));
    for (const link of links) this.#links.set(link.identity, link);
  }

  /** Gone at the destination. What refers to it there points nowhere now, and is written again. */
  async #forget(identities: readonly string[]): Promise<void> {
    if (identities.length === 0) return;
    const gone = new Set(identities);
    await this.#fenced((trx) => forgetLinks(trx, this.#owner(), identities));
    for (const identity of gone) {
      this.#links.delete(identity);
      this.#pending.delete(identity);
    }
    const pointing = [...this.#links.values()].filter((link) =>
      referredIdentities(link.content).some((to) => gone.has(to)),
    );
    await this.#save(pointing.map((link) => ({ ...link, contentHash: null })));
  }

  async #fenced(work: (trx: Trx) => Promise<void>): Promise<void> {
    const held = await this.#context.store.transaction(async (trx) => {
      if (!(await this.#context.fence.holds(trx))) return false;
      await work(trx);
      return true;
    });
    if (!held) throw new RunEnded({ kind: 'lease-lost' });
  }

  readonly #fencedClient: FhirClient = {
    send: async (request): Promise<Answer> => {
      if (!(await this.#context.fence.renewed())) throw new RunEnded({ kind: 'lease-lost' });
      return this.#context.client.send(request);
    },
  };

  #end(reaction: Reaction): never {
    if (reaction.kind === 'terminal') throw new RunEnded({ kind: 'parked', problem: reaction.problem });
    const retryAfterMs = reaction.kind === 'retry' ? reaction.retryAfterMs : undefined;
    throw new RunEnded({ kind: 'retry', problem: reaction.problem, retryAfterMs });
  }
}

/** All but these and what refers to them, directly or through others. */
function without(items: readonly Tailored[], taken: ReadonlySet<string>): readonly Tailored[] {
  const kept = items.filter(
    ({ identity, resource }) => !taken.has(identity) && !referredIdentities(resource).some((to) => taken.has(to)),
  );
  if (kept.length === items.length) return items;
  const left = new Set(kept.map(({ identity }) => identity));
  return without(kept, new Set(items.map(({ identity }) => identity).filter((identity) => !left.has(identity))));
}

const inStep = (written: number): RunResult => ({ kind: 'in-step', written });

const linkOfOperation = (operation: Operation): Link[] => (operation.kind === 'create' ? [] : [operation.link]);

const nameOf = ({ identity, item }: Extract<Operation, { kind: 'create' }>): Named => ({
  identity,
  resourceType: item.resource.resourceType,
});
