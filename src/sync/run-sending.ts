import { type Problem, problem } from '../event/problem.ts';
import { referredIdentities } from '../fhir/references.ts';
import type { Named } from './links.ts';
import { isReadable } from './look-up.ts';
import { channelOf, type Link, linkOfOperation, type Operation, type Plan, plan, resourceOf } from './plan.ts';
import type { RunContext, Therapy } from './run.ts';
import { contestedOf, disownedOf, withoutAside } from './run-aside.ts';
import { lookAgain } from './run-look.ts';
import type { RunMemory } from './run-memory.ts';
import { see } from './run-pending.ts';
import type { Findings } from './run-result.ts';
import { type Sending, sendingBy } from './send.ts';
import type { Failure, Place } from './send-write.ts';
import type { Tailored } from './tailored.ts';

/** One operation is read again and retried after a conflict so often in one run. */
const conflictLimit = 5;

/** Plans and sends what travels as FHIR, until nothing is left that could be sent. */
export async function sendInFhir(
  context: RunContext,
  therapy: Therapy,
  wanted: readonly Tailored[],
  memory: RunMemory,
  findings: Findings,
): Promise<void> {
  await new FhirSending(context, therapy, wanted, memory, findings).go();
}

class FhirSending {
  readonly #context: RunContext;
  readonly #therapy: Therapy;
  readonly #wanted: readonly Tailored[];
  readonly #memory: RunMemory;
  readonly #findings: Findings;
  readonly #sending: Sending;
  /** Identities that are not sent in this run: refused, queued there, or nobody knows whether they are there. */
  readonly #aside: Set<string>;
  /** Identities read again in this run: a server that tells no version then is asked no more. */
  readonly #asked = new Set<string>();
  /** Identities whose refusal (400, 404) has been looked into: the next one is meant. */
  readonly #examined = new Set<string>();
  readonly #conflicts = new Map<string, number>();
  /** Halved while a transaction is refused, until it is known which event it is refused for. */
  #mostEvents = Number.POSITIVE_INFINITY;
  #groups: Plan = [];

  constructor(
    context: RunContext,
    therapy: Therapy,
    wanted: readonly Tailored[],
    memory: RunMemory,
    findings: Findings,
  ) {
    this.#context = context;
    this.#therapy = therapy;
    this.#wanted = wanted;
    this.#memory = memory;
    this.#findings = findings;
    this.#sending = sendingBy(context.routes, context.capabilities, context.destination.maxEntries);
    const untold = [...memory.pending.values()].filter(({ state }) => state !== 'pending');
    this.#aside = new Set(untold.map(({ identity }) => identity));
  }

  async go(): Promise<void> {
    for (;;) {
      this.#groups = this.#due();
      if (this.#groups.length === 0) return;
      await this.#through();
    }
  }

  /** Sends the present plan portion by portion, until it is through or has to be made anew. */
  async #through(): Promise<void> {
    for (let left = this.#groups; left.length > 0; ) {
      const portion = this.#sending.next(left, this.#mostEvents);
      if (portion.length === 0) return this.#setAside(left.flat(), inCircle);
      if ((await this.#send(portion)) === 'plan-again') return;
      const sent = new Set(portion);
      left = left.map((group) => group.filter((each) => !sent.has(each))).filter((group) => group.length > 0);
    }
  }

  #due(): Plan {
    const { links } = this.#memory;
    const groups = plan(this.#wanted, links)
      .map((group) => group.filter((operation) => channelOf(operation) === 'fhir'))
      .filter((group) => group.length > 0);
    const unreleased = groups.flat().filter((operation) => this.#isUnreleased(operation));
    if (unreleased.length > 0) this.#noteUnreleased();
    const aside = this.#aside.union(new Set(unreleased.map(({ identity }) => identity)));
    return withoutAside(groups, aside, contestedOf(this.#wanted, links), disownedOf(this.#wanted, links));
  }

  /** What another mapping wrote is not changed by one that an operator has not looked at, unless there is news. */
  #isUnreleased(operation: Operation): boolean {
    const { releasedMapping, mappingVersion } = this.#context;
    if (releasedMapping === 'released' || this.#therapy.isNews) return false;
    return linkOfOperation(operation).some((link) => link.mappingVersion !== mappingVersion);
  }

  #noteUnreleased(): void {
    const { notes } = this.#findings;
    if (notes.includes(unreleased)) return;
    notes.push(unreleased);
  }

  async #send(portion: readonly Operation[]): Promise<'sent' | 'plan-again'> {
    const unversioned = this.#linked(portion).filter((link) => this.#isUnversioned(link));
    if (unversioned.length > 0) {
      await this.#lookAgain(unversioned);
      return 'plan-again';
    }
    const memory = this.#memory;
    const before = new Map(memory.pending);
    await memory.announce(portion);
    const { links, failures } = await this.#sending.send(memory.client, portion, this.#place());
    const found = links.filter(({ contentHash }) => contentHash === null);
    await memory.save(links.map((link) => this.#withSent(link)));
    const unapplied = failures.filter(({ applied, operation }) => applied === 'no' && operation.kind === 'create');
    const [doubtful, certain] = [unapplied.filter(mayBeThere), unapplied.filter((failure) => !mayBeThere(failure))];
    await memory.retract(certain.map(identityOf), before);
    this.#findings.written += links.length;
    if (found.length > 0) await this.#see(found);
    if (failures.length > 0) await this.#answerTo(failures);
    else this.#mostEvents *= 2;
    // They have been looked for by now. Had that failed, they would be what the next run looks for first.
    const absent = doubtful.map(identityOf).filter((identity) => memory.pending.has(identity));
    await memory.retract(absent, before);
    return found.length + failures.length > 0 ? 'plan-again' : 'sent';
  }

  #place(): Place {
    const { identifierSystem, capabilities } = this.#context;
    return { links: this.#memory.places, identifierSystem, capabilities, patientId: this.#therapy.patientId };
  }

  /** What was there before we created it may say any of what we ever sent for it. */
  #withSent(link: Link): Link {
    return link.contentHash === null ? { ...link, sent: this.#memory.pending.get(link.identity)?.sent } : link;
  }

  #isUnversioned({ identity, versionId, resourceType }: Link): boolean {
    const { capabilities } = this.#context;
    if (versionId !== null || capabilities.ifMatch === 'ignored' || this.#asked.has(identity)) return false;
    return isReadable(resourceType, capabilities);
  }

  async #answerTo(failures: readonly Failure[]): Promise<void> {
    const conflicts: Failure[] = [];
    const refusals: Failure[] = [];
    for (const failure of failures) {
      const { reaction } = failure;
      if (reaction.kind === 'conflict' || reaction.kind === 'already-there') conflicts.push(failure);
      else if (reaction.kind === 'terminal' && reaction.about === 'data') refusals.push(failure);
      else if (reaction.kind === 'queued') await this.#queue(failure);
      else this.#findings.end(reaction);
    }
    const repeated = conflicts.filter(
      (failure) => isRefusal(failure) && this.#examined.has(failure.operation.identity),
    );
    const open = conflicts.filter((failure) => !repeated.includes(failure));
    if (open.length > 0) await this.#lookInto(open);
    this.#refuse([...refusals, ...((await this.#isMeant(repeated)) ? repeated : [])]);
  }

  /** A refusal that nothing explained the first time is meant, but where this time it was applied and then refused. */
  async #isMeant(refusals: readonly Failure[]): Promise<boolean> {
    const before = this.#memory.links.size;
    await this.#see(createsOf(refusals));
    return this.#memory.links.size === before;
  }

  /** A refusal is worth another try while reading again shows why: something is gone, or has been there all along. */
  async #lookInto(failures: readonly Failure[]): Promise<void> {
    const before = new Set(this.#memory.links.keys());
    const suspects = this.#suspects(failures);
    // First, so that what refers there to something of ours that is new is not taken for changed.
    await this.#see(createsOf(failures));
    await this.#lookAgain(suspects);
    const isExplained = before.symmetricDifference(this.#memory.links).size > 0;
    for (const failure of failures) {
      const { operation, reaction } = failure;
      if (!isExplained && isRefusal(failure)) this.#examined.add(operation.identity);
      const count = (this.#conflicts.get(operation.identity) ?? 0) + 1;
      this.#conflicts.set(operation.identity, count);
      if (count > conflictLimit) this.#findings.end({ kind: 'retry', problem: reaction.problem });
    }
  }

  /** A stale version is one of their own; a refusal may also be about something gone that they refer to. */
  #suspects(failures: readonly Failure[]): readonly Link[] {
    const refused = failures.filter(({ reaction }) => reaction.problem.code === 'destination-refused');
    const referred = refused.flatMap(({ operation }) => referredIdentities(resourceOf(operation)));
    const links = referred.flatMap((identity) => this.#memory.links.get(identity) ?? []);
    const all = [...this.#linked(failures.map(({ operation }) => operation)), ...links];
    return [...new Map(all.map((link) => [link.identity, link])).values()];
  }

  /** Events are told apart first, where they were refused together: what is refused stays back, and the rest goes on. */
  #refuse(refusals: readonly Failure[]): void {
    const [first] = refusals;
    if (!first) return;
    const refused = new Set(refusals.map(({ operation }) => operation.identity));
    if (this.#sending.unit === 'operation') {
      for (const { operation, reaction } of refusals) this.#setAside([operation], reaction.problem);
      return;
    }
    const groups = this.#groups.filter((group) => group.some(({ identity }) => refused.has(identity)));
    if (groups.length > 1) this.#mostEvents = Math.ceil(groups.length / 2);
    else {
      this.#mostEvents = Number.POSITIVE_INFINITY;
      this.#setAside(groups.flat(), first.reaction.problem);
    }
  }

  #setAside(operations: readonly Operation[], why: Problem): void {
    for (const { identity } of operations) this.#aside.add(identity);
    this.#findings.parking.push(why);
  }

  async #queue({ operation, reaction }: Failure): Promise<void> {
    const pending = this.#memory.pending.get(operation.identity);
    if (!pending) return this.#findings.end(reaction);
    await this.#memory.savePending([{ ...pending, state: 'queued' }]);
    this.#aside.add(operation.identity);
    this.#findings.waiting = reaction.problem;
  }

  async #lookAgain(links: readonly Link[]): Promise<void> {
    for (const { identity } of links) this.#asked.add(identity);
    const present = links.flatMap(({ identity }) => this.#memory.links.get(identity) ?? []);
    await lookAgain(present, this.#wanted, this.#context.destination, this.#memory, this.#findings);
    this.#requireAFreshLook(links);
  }

  /** What cannot be changed there was tailored by its link: without that it has to be tailored anew. */
  #requireAFreshLook(links: readonly Link[]): void {
    const gone = new Set(links.map(({ identity }) => identity).filter((identity) => !this.#memory.links.has(identity)));
    if (!this.#wanted.some((item) => item.frozen && gone.has(item.identity))) return;
    this.#findings.end({ kind: 'retry', problem: problem('destination-conflict', 'something of ours is gone there') });
  }

  async #see(sought: readonly Named[]): Promise<void> {
    const found = await see(this.#memory, sought, this.#therapy.patientId);
    if (typeof found === 'object') this.#findings.end(found);
  }

  #linked(operations: readonly Operation[]): readonly Link[] {
    return operations.flatMap(linkOfOperation).flatMap(({ identity }) => this.#memory.links.get(identity) ?? []);
  }
}

const isRefusal = ({ reaction }: Failure): boolean =>
  reaction.problem.code === 'destination-refused' || reaction.kind === 'already-there';

/** A server says 400 also of a create that it was sent twice and has applied once. */
const mayBeThere = ({ reaction }: Failure): boolean => reaction.kind === 'conflict';

const identityOf = ({ operation }: Failure): string => operation.identity;

const createsOf = (failures: readonly Failure[]): readonly Named[] =>
  failures.flatMap(({ operation }) => (operation.kind === 'create' ? [nameOf(operation)] : []));

const nameOf = (operation: Operation): Named => ({
  identity: operation.identity,
  resourceType: resourceOf(operation).resourceType,
});

const unreleased = problem(
  'mapping-unreleased',
  'what is there would be written anew by a mapping that waits for its release',
  undefined,
  'information',
);

const inCircle = problem('capability-missing', 'these refer to each other, and the destination takes no transaction');
