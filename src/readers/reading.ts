import type { App } from '../app.ts';
import type { Scope } from '../ledger/patient-key.ts';
import { findPatient } from '../ledger/patients.ts';
import { errorName } from '../log.ts';
import { mappingContextOf, timelineOf } from '../pipeline.ts';
import type { Held } from '../review/list.ts';
import { survivor } from '../store/survivor.ts';
import { course } from '../views/pump-status/course.ts';
import { statusTextAt } from '../views/pump-status/status.ts';
import type { PumpStatus } from '../views/pump-status/status-schema.ts';
import type { FoundStatus, Reader, Reading, ReadPatient, StatusParts } from '../views/read-model/reading.ts';
import { countBehind, firstBehind, putOff } from './behind.ts';
import { matchedAt } from './family.ts';
import { type KeptStatus, type StatusStanding, statusKept, statusStanding } from './kept-status.ts';
import { recentStatus } from './recent.ts';
import { remake } from './remake.ts';
import { isCurrent, type Standing, standingOf } from './standing.ts';
import { factsContext, statusOf } from './status-facts.ts';
import { readingVersion } from './version.ts';

/** What views are answered from: rows made of the ledger, made again before an answer where they are behind it. */
export interface ReadModel extends Reading {
  /** Makes what readers are told of the patient who waits longest; `nobody`: nothing is behind. */
  workOff(scope: Scope): Promise<'one' | 'failed' | 'nobody'>;
}

export function readModel(app: App): ReadModel {
  const madeBy = readingVersion(app);
  const { db } = app.store;
  const recent = recentStatus();

  async function workOff(scope: Scope): Promise<'one' | 'failed' | 'nobody'> {
    const patientId = await firstBehind(db, scope, app.now());
    if (patientId === undefined) return 'nobody';
    const behind = { ...scope, patientId };
    try {
      await remake(app, madeBy, (await survivorOf(app, behind)) ?? behind);
      return 'one';
    } catch (error) {
      app.log.error('reading failed', { code: errorName(error) });
      await putOff(db, behind, app.now());
      return 'failed';
    }
  }

  async function keptAt(patient: ReadPatient, standing: StatusStanding, at: Temporal.Instant): Promise<KeptStatus> {
    const known = statusKept(standing, at, madeBy) ?? recent.get(patient, standing.revision, at);
    if (known) return known;
    const kept = await statusOf(app, patient, at, madeBy);
    recent.set(patient, standing.revision, kept);
    return kept;
  }

  async function textAt(patient: ReadPatient, standing: StatusStanding, at: Temporal.Instant, parts: StatusParts) {
    const { draft, held } = await keptAt(patient, standing, at);
    const reviewed = { count: Number(standing.heldCount), sinceMs: standing.heldSinceMs };
    const { statusRules: rules } = app.config;
    return statusTextAt(draft, at, { now: app.now(), held: moreOf(reviewed, held), parts, rules });
  }

  async function findStatus(reader: Reader, patientId: string): Promise<FoundStatus | undefined> {
    const patient = { tenant: reader.tenant, environment: reader.environment, patientId };
    const standing = await statusStanding(db, patient);
    if (!standing) return undefined;
    if (standing.mergedInto !== null) return findStatus(reader, standing.mergedInto);
    return { patient, textAt: (at, parts) => textAt(patient, standing, at, parts) };
  }

  return {
    workOff,
    find: (reader, patientId) => survivorOf(app, { ...reader, patientId }),
    findThere: (reader, destination, serverId) => matchedPatient(app, reader, destination, serverId),
    findStatus,
    async statusAt(patient, at, parts) {
      const found = await findStatus(patient, patient.patientId);
      if (!found) throw nobody();
      return JSON.parse(await found.textAt(at, parts)) as PumpStatus;
    },
    async courseAt(patient, at) {
      const { therapy, lastReceivedAt } = await timelineOf(app, patient, at);
      const context = factsContext(app, patient, await mappingContextOf(app, patient), lastReceivedAt);
      return course(therapy, context, app.config.calculatedValues);
    },
    async refresh(patient) {
      const standing = await knownStanding(app, patient);
      const isFresh =
        isCurrent(standing, app.now(), madeBy) && standing.matchedAtMs === (await matchedAt(app, patient));
      if (!isFresh) await remake(app, madeBy, patient);
    },
    async catchUp(reader, budgetMs) {
      const until = performance.now() + budgetMs;
      while ((await workOff(reader)) !== 'nobody') {
        if (performance.now() >= until) return { behind: await countBehind(db, reader, app.now()) };
      }
      return { behind: 0 };
    },
  };
}

async function survivorOf(app: App, { tenant, environment, patientId }: ReadPatient): Promise<ReadPatient | undefined> {
  const found = await findPatient(app.store.db, { tenant, environment, patientId });
  return found && { tenant, environment, patientId: found.mergedInto ?? patientId };
}

/** Undefined too where several patients here are one there: whichever we took, it would be half of the truth. */
async function matchedPatient(
  app: App,
  { tenant, environment }: Reader,
  destination: string,
  serverId: string,
): Promise<ReadPatient | undefined> {
  const rows = await app.store.db
    .selectFrom('patient_match')
    .innerJoin('patient', (join) =>
      join.onRef('patient.id', '=', 'patient_match.patient_id').onRef('patient.tenant', '=', 'patient_match.tenant'),
    )
    .select(survivor.as('patientId'))
    .distinct()
    .where('patient_match.server_id', '=', serverId)
    .where('patient_match.destination', '=', destination)
    .where('patient_match.tenant', '=', tenant)
    .where('patient.environment', '=', environment)
    .execute();
  const [only, another] = rows;
  return only && !another ? { tenant, environment, patientId: only.patientId } : undefined;
}

/** Views ask about patients that `find` gave them. */
async function knownStanding(app: App, patient: ReadPatient): Promise<Standing> {
  const standing = await standingOf(app.store.db, patient);
  if (!standing) throw nobody();
  return standing;
}

const nobody = () => new Error('Nobody has this id.');

/** What is not in review yet counts too. */
const moreOf = (reviewed: Held, seen: Held): Held => (reviewed.count >= seen.count ? reviewed : seen);
