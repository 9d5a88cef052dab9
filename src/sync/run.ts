/**
 * One run: bring one patient's therapy at one destination into step.
 *
 * ## Matching
 * The destination's Patient is known or searched, where anything travels as FHIR. Leaves to looking, or ends parked.
 *
 * ## Looking
 * What an earlier run was about to create, and never learned of, is searched: found, it becomes a link, wanted or not.
 * What somebody changed there, and a human has not decided about, is read again. Leaves to tailoring.
 *
 * ## Tailoring
 * What this destination can hold of what every server should say, by what it holds already. Leaves to planning.
 *
 * ## Planning
 * Tailored against links. Nothing to do: the worklist and the engine are told, and the run ends. Else sending.
 *
 * ## Sending
 * As the destination takes it, each request between two writes under the fencing token: what it is about to do, and
 * what came of it. What is refused is set aside with what needs it, and the rest goes on. Leaves to planning (done, or
 * read again after a conflict), or ends: retry, pause, parked, lease lost.
 */
import { type Problem, problem } from '../event/problem.ts';
import { referredIdentities, withoutReferences } from '../fhir/references.ts';
import type { Store, Trx } from '../store/store.ts';
import type { DestinationCapabilities } from './capability.ts';
import { contentHash } from './content.ts';
import type { Destination } from './destination.ts';
import type { FhirClient } from './fhir-client.ts';
import { heldByOthers, type Pending } from './links.ts';
import type { PatientIdentifier } from './match-patient.ts';
import { channelOf, type Operation, plan } from './plan.ts';
import type { Routes } from './routes.ts';
import { lookAtContested, noteContested, removeWithdrawn } from './run-look.ts';
import { RunMemory } from './run-memory.ts';
import { devicesThere, identifiersThere, isInFhir, patientThere, withoutPatient } from './run-patient.ts';
import { maybeOnItsWay, type Resolved, resolvePending } from './run-pending.ts';
import { Findings, RunEnded, type RunResult } from './run-result.ts';
import { sendInFhir } from './run-sending.ts';
import { type Engine, keepWorklist, tellEngine } from './send-message.ts';
import { tailor } from './tailor.ts';
import type { Channel, EventReport, Tailored, Wanted } from './tailored.ts';

export interface RunContext {
  readonly store: Store;
  readonly destination: Destination;
  readonly client: FhirClient;
  readonly identifierSystem: string;
  readonly mappingVersion: string;
  readonly fence: Fence;
  /** What the destination can do, and how each kind of resource travels there because of it. */
  readonly capabilities: DestinationCapabilities;
  readonly routes: Routes;
  /** The hospital's interface engine, where one is configured. */
  readonly engine?: Engine | undefined;
  /** `waiting`: an operator has not released this mapping for the destination. What another one wrote stays as it is. */
  readonly releasedMapping: 'released' | 'waiting';
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
  /** Something was reported since the last run: it is told even by a mapping that waits for its release. */
  readonly isNews: boolean;
}

export async function bringInStep(context: RunContext, therapy: Therapy): Promise<RunResult> {
  const run = new Run(context, therapy);
  try {
    return await run.go();
  } catch (ended) {
    if (ended instanceof RunEnded) return ended.result;
    throw ended;
  }
}

class Run {
  readonly #context: RunContext;
  readonly #therapy: Therapy;
  readonly #memory: RunMemory;
  readonly #findings = new Findings();

  constructor(context: RunContext, therapy: Therapy) {
    this.#context = context;
    this.#therapy = therapy;
    this.#memory = new RunMemory(context, therapy);
  }

  async go(): Promise<RunResult> {
    const memory = this.#memory;
    const findings = this.#findings;
    const { destination } = this.#context;
    await memory.load();
    if (this.#therapy.wanted.length + memory.links.size + memory.pending.size === 0) return findings.result();
    const { tailored, resolved } = await this.#know();
    const wanted = await this.#leaveOut(tailored);
    await this.#forget(resolved, wanted);
    await lookAtContested(wanted, destination, memory, findings);
    await removeWithdrawn(wanted, destination, memory, findings);
    await keepWorklist(this.#operations(wanted, 'worklist'), memory, this.#therapy.patientId);
    await sendInFhir(this.#context, this.#therapy, wanted, memory, findings);
    const { engine } = this.#context;
    await tellEngine(this.#operations(wanted, 'hl7v2'), engine, memory, findings, this.#therapy.patientId);
    noteContested(memory, findings);
    return withoutPatient(this.#context, this.#therapy, memory, findings.result());
  }

  /** What is there, and what should be. */
  async #know(): Promise<{ tailored: readonly Tailored[]; resolved: Resolved }> {
    const { capabilities, routes, destination, identifierSystem, store } = this.#context;
    const { patientId, identifiers, wanted, reports } = this.#therapy;
    const memory = this.#memory;
    const patientServerId = await this.#patient();
    memory.patientServerId = patientServerId;
    const ownDevices = await this.#devices(patientServerId);
    const resolved = await resolvePending(
      memory,
      { patientId, serverId: patientServerId },
      {
        nowMs: await store.nowMs(),
        searchLagMs: searchLagMs(this.#context),
      },
    );
    if ('kind' in resolved) return this.#findings.end(resolved);
    this.#findings.waiting = resolved.waiting;
    if (resolved.unresolved) this.#findings.parking.push(resolved.unresolved);
    const { items, problems } = tailor(wanted, reports, {
      ...{ patientId, patientServerId, capabilities, routes, identifierSystem, ownDevices },
      patientIdentifiers: identifiersThere(destination, identifiers),
      settings: destination.projection ?? {},
      links: memory.links,
    });
    this.#findings.notes.push(...problems);
    return { tailored: items, resolved };
  }

  /** What was about to be created, is not there, and is no longer wanted. What may still come has to be withdrawn then. */
  async #forget({ notThere, mayStillCome }: Resolved, wanted: readonly Tailored[]): Promise<void> {
    const live = new Set(wanted.map(({ identity }) => identity));
    const unwanted = notThere.filter((identity) => !live.has(identity));
    await this.#memory.forget(unwanted.filter((identity) => !mayStillCome.has(identity)));
    const leftMs = unwanted.flatMap((identity) => mayStillCome.get(identity) ?? []);
    if (leftMs.length === 0) return;
    this.#findings.waiting = maybeOnItsWay;
    this.#findings.waitingMs = Math.max(...leftMs);
  }

  async #patient(): Promise<string | undefined> {
    if (!isInFhir(this.#therapy, this.#context.routes, this.#memory)) return undefined;
    return patientThere(this.#context, this.#therapy, this.#memory, this.#findings);
  }

  async #devices(patientServerId: string | undefined) {
    if (patientServerId === undefined) return new Map<string, string>();
    return devicesThere(this.#context, this.#therapy, patientServerId, this.#memory, this.#findings);
  }

  /**
   * An identity that another patient's therapy holds here is never overwritten: it waits until that one lets go. What a
   * human said to leave, or what is queued there, is not sent.
   */
  async #leaveOut(tailored: readonly Tailored[]): Promise<readonly Tailored[]> {
    const { links, pending, owner } = this.#memory;
    const settled = [...pending.values()].filter(({ state }) => state === 'left');
    const left = new Set(settled.map(({ identity }) => identity));
    if (settled.some((item) => saysSomethingElse(item, tailored))) this.#findings.notes.push(leftAndChanged);
    const others = withoutLeft(tailored, left);
    const unlinked = others.filter((item) => !links.has(item.identity)).map((item) => item.identity);
    const { family } = this.#therapy;
    const held = await heldByOthers(this.#context.store.db, owner, family, unlinked);
    this.#memory.takeOver(held);
    if (held.taken.size > 0) {
      this.#findings.heldBack = problem('identity-ambiguous', 'another patient holds a resource of this one');
    }
    return without(others, held.taken);
  }

  #operations(wanted: readonly Tailored[], channel: Channel): readonly Operation[] {
    return plan(wanted, this.#memory.links)
      .flat()
      .filter((operation) => channelOf(operation) === channel);
  }
}

/** Where nobody knows better: a request that we gave up may still be applied for as long again. */
const searchLagMs = ({ capabilities: { searchLagSeconds }, destination }: RunContext): number =>
  searchLagSeconds === undefined ? 2 * destination.requestTimeoutMs : searchLagSeconds * 1000;

/** All but these and what refers to them, directly or through others. */
function without(items: readonly Tailored[], taken: ReadonlySet<string>): readonly Tailored[] {
  const kept = items.filter(
    ({ identity, resource }) => !taken.has(identity) && !referredIdentities(resource).some((to) => taken.has(to)),
  );
  if (kept.length === items.length) return items;
  const left = new Set(kept.map(({ identity }) => identity));
  return without(kept, new Set(items.map(({ identity }) => identity).filter((identity) => !left.has(identity))));
}

/** What a human left may be there as it was sent: what is reported since is not. */
function saysSomethingElse({ identity, sent }: Pending, tailored: readonly Tailored[]): boolean {
  const item = tailored.find((one) => one.identity === identity);
  return sent.length > 0 && !sent.some((resource) => contentHash(resource) === item?.contentHash);
}

const leftAndChanged: Problem = problem(
  'manual-correction-needed',
  'what was left to a human there is no longer what is reported',
  undefined,
  'warning',
);

/** All but these. They may be there, but nobody knows where: nothing refers to them. */
function withoutLeft(items: readonly Tailored[], left: ReadonlySet<string>): readonly Tailored[] {
  if (left.size === 0) return items;
  return items.flatMap((item): Tailored[] => {
    if (left.has(item.identity)) return [];
    if (!referredIdentities(item.resource).some((to) => left.has(to))) return [item];
    const resource = withoutReferences(item.resource, left);
    if (resource.resourceType === 'Provenance' && !resource.target) return [];
    return [{ ...item, resource, contentHash: contentHash(resource) }];
  });
}
