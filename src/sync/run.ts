/**
 * One run: bring one patient's therapy at one destination into step.
 *
 * ## Matching
 * The destination's Patient is known or searched. Leaves to looking, or ends parked.
 *
 * ## Looking
 * Only after an interruption or a failure: what we may have written without knowing is searched by identity and
 * adopted. Leaves to planning.
 *
 * ## Planning
 * Desired against links. Nothing to do: ends in step. Else sending.
 *
 * ## Sending
 * Transactions, each followed by saving its links under the fencing token. Leaves to planning (done, or read again
 * after a conflict), or ends: retry, parked, lease lost.
 */
import { type Problem, problem } from '../event/problem.ts';
import type { Store, Trx } from '../store/store.ts';
import type { Destination } from './destination.ts';
import type { Reaction } from './failure.ts';
import type { Answer, FhirClient } from './fhir-client.ts';
import { forgetLink, linksOf, saveLinks, takenByOthers } from './links.ts';
import { readAgain, recognise, searchByIdentity } from './look-up.ts';
import { knownMatch, matchPatient, type PatientIdentifier, rememberMatch } from './match-patient.ts';
import { batches, type Link, type Operation, plan } from './plan.ts';
import { type Tailored, tailor, type Wanted } from './tailor.ts';
import { readAnswer, transactionOf } from './transaction.ts';

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
}

export type RunResult =
  | { readonly kind: 'in-step'; readonly written: number; readonly problems: readonly Problem[] }
  | { readonly kind: 'retry'; readonly problem: Problem; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'parked'; readonly problem: Problem }
  | { readonly kind: 'lease-lost' };

/** A conflict is read again and retried so often in one run; a plain refusal (400, 404) once. */
const conflictLimit = 3;
const refusalLimit = 1;

export async function bringInStep(
  context: RunContext,
  therapy: Therapy,
  earlierRun: 'finished' | 'uncertain',
): Promise<RunResult> {
  const run = new Run(context, therapy);
  try {
    return await run.go(earlierRun);
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
  #conflicts = 0;
  #refusals = 0;
  #written = 0;

  constructor(context: RunContext, therapy: Therapy) {
    this.#context = context;
    this.#therapy = therapy;
  }

  async go(earlierRun: 'finished' | 'uncertain'): Promise<RunResult> {
    const { store } = this.#context;
    const { family, patientId, wanted } = this.#therapy;
    this.#links = await linksOf(store.db, this.#owner(), family);
    if (wanted.length === 0 && this.#links.size === 0) return { kind: 'in-step', written: 0, problems: [] };
    const tailored = tailor(wanted, patientId, await this.#match());
    const problems = await this.#leaveOutTaken(tailored);
    if (earlierRun === 'uncertain') await this.#adopt(this.#wanted.filter((item) => !this.#links.has(item.identity)));
    for (;;) {
      const groups = plan(this.#wanted, this.#links);
      if (groups.length === 0) return { kind: 'in-step', written: this.#written, problems };
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
    const known = await knownMatch(store.db, destination, this.#therapy.patientId);
    if (known) return known;
    const found = await matchPatient(this.#fencedClient, destination, this.#therapy.identifiers);
    if (!('serverId' in found)) return this.#end(found);
    const nowMs = await store.nowMs();
    await this.#fenced((trx) => rememberMatch(trx, destination, this.#therapy.patientId, found.serverId, nowMs));
    return found.serverId;
  }

  /** An identity that another patient's therapy holds here is never overwritten: it waits until that one lets go. */
  async #leaveOutTaken(tailored: readonly Tailored[]): Promise<Problem[]> {
    const unlinked = tailored.filter((item) => !this.#links.has(item.identity)).map((item) => item.identity);
    const taken = await takenByOthers(this.#context.store.db, this.#owner(), this.#therapy.family, unlinked);
    this.#wanted = tailored.filter((item) => !taken.has(item.identity));
    return taken.size > 0
      ? [problem('identity-ambiguous', 'another patient holds a device or resource of this one')]
      : [];
  }

  async #send(batch: readonly Operation[]): Promise<'sent' | 'plan-again'> {
    const unversioned = batch.filter((operation) => operation.kind !== 'create' && operation.link.versionId === null);
    if (unversioned.length > 0) {
      await this.#readAgain(unversioned);
      return 'plan-again';
    }
    const { identifierSystem } = this.#context;
    const body = transactionOf(batch, this.#links, identifierSystem);
    const answer = await this.#fencedClient.send({ method: 'POST', path: '', body });
    const { links, reaction } = readAnswer(batch, answer, this.#therapy.patientId);
    await this.#save(links);
    this.#written += links.length;
    if (!reaction) return links.some((link) => link.contentHash === null) ? 'plan-again' : 'sent';
    if (reaction.kind !== 'conflict') return this.#end(reaction);
    this.#countConflict(reaction);
    await this.#readAgain(batch);
    return 'plan-again';
  }

  #countConflict(reaction: Extract<Reaction, { kind: 'conflict' }>): void {
    const isRefusal = reaction.problem.code === 'destination-refused';
    if (isRefusal && ++this.#refusals > refusalLimit) this.#end({ kind: 'terminal', problem: reaction.problem });
    if (!isRefusal && ++this.#conflicts > conflictLimit) this.#end({ kind: 'retry', problem: reaction.problem });
  }

  /** What the destination holds now, for the operations that met a conflict. */
  async #readAgain(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      if (operation.kind === 'create') continue;
      const current = await readAgain(this.#fencedClient, operation.link);
      if (current === undefined) await this.#forget(operation.identity);
      else if ('kind' in current) this.#end(current);
      else await this.#save(recognise([current], this.#wanted, this.#links));
    }
    const creates = operations.flatMap((operation) => (operation.kind === 'create' ? [operation.item] : []));
    await this.#adopt(creates.filter((item) => !this.#links.has(item.identity)));
  }

  /** Looks before it writes: what we wrote without learning of it becomes a link. */
  async #adopt(items: readonly Tailored[]): Promise<void> {
    const { identifierSystem } = this.#context;
    const found = await searchByIdentity(this.#fencedClient, identifierSystem, items, this.#therapy.patientId);
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

  async #forget(identity: string): Promise<void> {
    await this.#fenced((trx) => forgetLink(trx, this.#owner(), identity));
    this.#links.delete(identity);
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
