import type { App } from '../app.ts';
import type { Scope } from '../ledger/patient-key.ts';
import { findPatient } from '../ledger/patients.ts';
import { errorName } from '../log.ts';
import { mappingContextOf, timelineOf } from '../pipeline.ts';
import { type Held, heldFor } from '../review/list.ts';
import { survivor } from '../store/survivor.ts';
import { course } from '../views/pump-status/course.ts';
import { statusAt } from '../views/pump-status/status.ts';
import type { Reader, Reading, ReadPatient } from '../views/read-model/reading.ts';
import { countBehind, firstBehind, putOff } from './behind.ts';
import { matchedAt } from './family.ts';
import { factsContext, factsKept, factsOf } from './kept-facts.ts';
import { recentFacts } from './recent.ts';
import { remake } from './remake.ts';
import { isCurrent, type Standing, standingOf } from './standing.ts';
import { readingVersion } from './version.ts';

/** What views are answered from: rows made of the ledger, made again before an answer where they are behind it. */
export interface ReadModel extends Reading {
  /** Makes what readers are told of the patient who waits longest; `nobody`: nothing is behind. */
  workOff(scope: Scope): Promise<'one' | 'failed' | 'nobody'>;
}

export function readModel(app: App): ReadModel {
  const madeBy = readingVersion(app);
  const { db } = app.store;
  const recent = recentFacts();

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

  return {
    workOff,
    find: (reader, patientId) => survivorOf(app, { ...reader, patientId }),
    findThere: (reader, destination, serverId) => matchedPatient(app, reader, destination, serverId),
    async statusAt(patient, at, parts) {
      const standing = await knownStanding(app, patient);
      const kept =
        recent.get(patient, standing, at) ??
        factsKept(standing, at, madeBy) ??
        (await factsOf(app, patient, at, madeBy));
      recent.set(patient, standing, kept);
      const { calculatedValues, statusRules: rules } = app.config;
      const held = moreOf(await heldFor(db, patient), kept.held);
      return statusAt(kept.facts, at, { now: app.now(), held, calculatedValues, parts, rules });
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
  if (!standing) throw new Error('Nobody has this id.');
  return standing;
}

/** What is not in review yet counts too. */
const moreOf = (reviewed: Held, seen: Held): Held => (reviewed.count >= seen.count ? reviewed : seen);
