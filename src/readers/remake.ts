import type { App } from '../app.ts';
import { problem } from '../event/problem.ts';
import { reviewRemarks } from '../findings.ts';
import { rememberIdentities } from '../ledger/issued-identities.ts';
import type { PatientKey } from '../ledger/patient-key.ts';
import type { DesiredResource, Remark } from '../mapping/built.ts';
import { desired } from '../mapping/desired.ts';
import { mappingContextOf, timelineOf } from '../pipeline.ts';
import type { Held } from '../review/list.ts';
import type { Trx } from '../store/store.ts';
import type { Entry } from '../therapy/history.ts';
import { earlier } from '../therapy/when.ts';
import { type StatusFacts, statusFacts } from '../views/pump-status/facts.ts';
import { type Projection, project } from '../views/read-model/project.ts';
import { Overtaken } from '../views/read-model/write-rows.ts';
import { type Family, familyOf } from './family.ts';
import { keptStatus, statusColumns } from './kept-status.ts';
import { partedOf } from './parted.ts';
import { isCurrent, type Standing, standingOf } from './standing.ts';
import { factsContext, heldBy } from './status-facts.ts';

/**
 * Makes everything that readers are told of one patient: resources, facts, the row of the board. Works on what the
 * ledger says at one revision and starts again where that rises meanwhile. Two processes may do it at once: they write
 * one after the other, and what is older than what stands is not written.
 */
export async function remake(
  app: App,
  madeBy: string,
  patient: PatientKey,
  waitingFor: ReadonlySet<string> = new Set(),
): Promise<void> {
  let whereContested: Manner['whereContested'] = 'stop';
  for (let attempt = 1; ; attempt++) {
    const made = await make(app, madeBy, patient);
    if (!made) return;
    // Who has left takes along what is theirs, before what stays is told to anybody.
    await remakeBehind(app, madeBy, patient, made.left, waitingFor);
    const outcome = await writeOrOvertaken(app, made, {
      whereContested,
      whereChanged: attempt < attempts ? 'stop' : 'write',
    });
    if (outcome === 'done') return;
    if (outcome === 'overtaken') continue;
    // Whoever holds it may be about to give it up: a corrected report, an unmerge.
    await remakeBehind(app, madeBy, patient, outcome.contestedBy, waitingFor);
    whereContested = 'withhold';
  }
}

/** `write`: what is reported faster than it is read is written as it was read, and stays behind. */
interface Manner {
  readonly whereContested: 'stop' | 'withhold';
  readonly whereChanged: 'stop' | 'write';
}

const attempts = 5;

async function remakeBehind(
  app: App,
  madeBy: string,
  patient: PatientKey,
  others: readonly string[],
  waitingFor: ReadonlySet<string>,
): Promise<void> {
  const trail = new Set([...waitingFor, patient.patientId]);
  for (const patientId of others) {
    const other = { ...patient, patientId };
    const standing = trail.has(patientId) ? undefined : await standingOf(app.store.db, other);
    if (!standing) continue;
    const survivor = { ...patient, patientId: standing.mergedInto ?? patientId };
    if (!isCurrent(standing, app.now(), madeBy)) await remake(app, madeBy, survivor, trail);
  }
}

/** All that is to be written, as of one revision of the ledger. */
interface Made {
  readonly patient: PatientKey;
  readonly revision: number;
  readonly asOf: Temporal.Instant;
  readonly family: Family;
  /** Who is merged into this patient no longer. */
  readonly left: readonly string[];
  /** Whom this patient is merged into no longer. */
  readonly formerly: ReadonlySet<string>;
  readonly resources: readonly DesiredResource[];
  readonly remarks: readonly Remark[];
  /** Resources that were left out because another carries their identity. */
  readonly repeats: readonly Remark[];
  readonly fresh: ReadonlyMap<string, string>;
  readonly madeBy: string;
  readonly facts: StatusFacts;
  readonly held: Held;
  /** From when on the same reports mean something else. */
  readonly untilMs: number | null;
}

async function make(app: App, madeBy: string, patient: PatientKey): Promise<Made | undefined> {
  const standing = await standingOf(app.store.db, patient);
  if (!standing || standing.mergedInto !== null) return undefined;
  const asOf = app.now();
  const { therapy, lastReceivedAt } = await timelineOf(app, patient, asOf);
  const context = await mappingContextOf(app, patient);
  const result = desired(therapy, context);
  const { remarks } = result;
  const { resources, repeats } = withoutRepeats(result.resources);
  const facts = statusFacts(therapy, factsContext(app, patient, context, lastReceivedAt));
  const changes = [therapy.nextChangeAt, facts.until === null ? undefined : Temporal.Instant.from(facts.until)];
  const known = changes.filter((change) => change !== undefined);
  const family = await familyOf(app, patient);
  return {
    ...{ patient, asOf, resources, remarks, repeats, family },
    revision: standing.revision,
    ...(await partedOf(app, patient, family)),
    fresh: context.identities.fresh,
    ...{ madeBy, facts, held: heldBy(remarks.filter(({ held }) => held)) },
    untilMs: known.length > 0 ? known.reduce(earlier).epochMilliseconds : null,
  };
}

/** One identity is one resource: where two carry it, the first is told and a human learns of the other. */
function withoutRepeats(resources: readonly DesiredResource[]) {
  const first = new Map(resources.toReversed().map((one) => [one.identity, one]));
  const repeated = resources.filter((one) => first.get(one.identity) !== one);
  return {
    resources: resources.filter((one) => !repeated.includes(one)),
    repeats: repeated.map(({ entry }) => heldBack(entry, 'two resources of this patient carry one identity')),
  };
}

type Outcome = 'done' | 'overtaken' | { readonly contestedBy: readonly string[] };

async function writeOrOvertaken(app: App, made: Made, manner: Manner): Promise<Outcome> {
  try {
    return await app.store.transaction((trx) => write(app, trx, made, manner));
  } catch (error) {
    if (error instanceof Overtaken && manner.whereChanged === 'stop') return 'overtaken';
    throw error;
  }
}

async function write(app: App, trx: Trx, made: Made, { whereContested, whereChanged }: Manner): Promise<Outcome> {
  const { patient, revision, asOf, family, resources, remarks, repeats, fresh, formerly } = made;
  await lockReading(trx, made);
  const standing = (await standingOf(trx, patient)) as Standing;
  const isChanged = standing.revision !== revision || standing.mergedInto !== null;
  if (isChanged && whereChanged === 'stop') return 'overtaken';
  if (isNewer(standing, made)) return 'done';
  if (fresh.size > 0) await rememberIdentities(trx, patient, fresh);
  const atMs = asOf.epochMilliseconds;
  const left = made.left.length > 0 ? 'somebody' : 'nobody';
  const members = family.members.map(({ id }) => id);
  const target = { ...patient, family: members, atMs, formerly, left } as const;
  const projection = await project(trx, target, [...family.patients, ...resources], whereContested);
  if (whereContested === 'stop' && projection.contestedBy.length > 0) return projection;
  await reviewRemarks(app, trx, patient, remarks);
  await reviewRemarks(app, trx, patient, [...repeats, ...withheldRemarks(made, projection)], 'reading');
  await noteMade(app, trx, isChanged ? { ...made, untilMs: asOf.epochMilliseconds } : made);
  return 'done';
}

/** Somebody made it of the same reports later, and by the same rules. */
const isNewer = ({ resourcesRevision, projectedAtMs, madeBy }: Standing, made: Made): boolean =>
  resourcesRevision === made.revision && madeBy === made.madeBy && (projectedAtMs ?? 0) > made.asOf.epochMilliseconds;

/** In order of id, as an append takes them. A patient has its row from the first append on. */
async function lockReading(trx: Trx, { patient: { tenant, environment }, family }: Made): Promise<void> {
  await trx
    .selectFrom('reading')
    .select('patient_id')
    .where('tenant', '=', tenant)
    .where('environment', '=', environment)
    .where(
      'patient_id',
      'in',
      family.members.map(({ id }) => id),
    )
    .orderBy('patient_id')
    .forUpdate()
    .execute();
}

function withheldRemarks({ resources }: Made, { withheld }: Projection): Remark[] {
  return resources
    .filter(({ identity }) => withheld.has(identity))
    .map(({ entry }) => heldBack(entry, 'another patient holds a resource of this one'));
}

function heldBack(entry: Entry, why: string): Remark {
  return {
    problem: problem('identity-ambiguous', why, { eventId: entry.source.reportEventId }),
    held: true,
    entry,
  };
}

/** Who was merged away is told of by the survivor, and has nothing else to be made. */
async function noteMade(app: App, trx: Trx, made: Made): Promise<void> {
  const { patient, asOf, family, madeBy, facts, held, untilMs } = made;
  const told = statusColumns(app, made.revision, facts, keptStatus(app, madeBy, facts, held));
  for (const { id, revision } of family.members) {
    const own = id === patient.patientId;
    await trx
      .updateTable('reading')
      .set({
        ...(own ? told : noFacts),
        resources_revision: own ? made.revision : revision,
        resources_until: own ? untilMs : null,
        projected_at: asOf.epochMilliseconds,
        matched_at: family.matchedAtMs,
        made_by: madeBy,
      })
      .where('tenant', '=', patient.tenant)
      .where('environment', '=', patient.environment)
      .where('patient_id', '=', id)
      .execute();
  }
}

const noFacts = {
  ...{ status_revision: null, status_from: null, status_until: null, facts: null, status_text: null },
  ...{ due_on: null, due_method: null, alarm_on: null, alarm_method: null },
  ...{ refilled_on: null, refilled_where: null, has_pump: null, heard_at: null },
};
