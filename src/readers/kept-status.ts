import { sql } from 'kysely';
import type { App } from '../app.ts';
import type { PatientKey } from '../ledger/patient-key.ts';
import type { Held } from '../review/list.ts';
import { openItemsOf } from '../review/open-items.ts';
import { prepared } from '../store/prepared.ts';
import type { Db } from '../store/store.ts';
import { boardRow } from '../views/pump-status/board-row.ts';
import { draftOf, type StatusDraft } from '../views/pump-status/draft.ts';
import type { StatusFacts } from '../views/pump-status/facts.ts';

/** What pump status is told from, as it is kept. */
export interface KeptStatus {
  readonly madeBy: string;
  /** Epoch milliseconds: it holds from this instant … */
  readonly fromMs: number;
  /** … until here; null: for ever. */
  readonly untilMs: number | null;
  readonly draft: StatusDraft;
  /** What the therapy held back when it was made; what else is held stands in review. */
  readonly held: Held;
}

/** What the ledger says is newest, the status that was made of it, and what is held back: one look at the store. */
export interface StatusStanding {
  readonly revision: number;
  readonly mergedInto: string | null;
  readonly statusRevision: number | null;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  readonly facts: string | null;
  readonly statusText: string | null;
  /** Reports that wait in review, and since when (epoch milliseconds). */
  readonly heldCount: number;
  readonly heldSinceMs: number | null;
}

/** Undefined: nobody has this id. */
export const statusStanding = async (db: Db, patient: PatientKey): Promise<StatusStanding | undefined> =>
  (await standing(db, patient))[0];

const standing = prepared<PatientKey, StatusStanding>((db, { tenant, environment, patientId }) =>
  db
    .selectFrom('patient')
    .leftJoin('reading', (join) =>
      join
        .onRef('reading.patient_id', '=', 'patient.id')
        .onRef('reading.tenant', '=', 'patient.tenant')
        .onRef('reading.environment', '=', 'patient.environment'),
    )
    .crossJoin(heldBack(db, { tenant, environment, patientId }).as('waiting'))
    .select([
      'patient.revision',
      'patient.merged_into as mergedInto',
      'waiting.count as heldCount',
      'waiting.sinceMs as heldSinceMs',
      'status_revision as statusRevision',
      'status_from as fromMs',
      'status_until as untilMs',
      'facts',
      'status_text as statusText',
    ])
    .where('patient.tenant', '=', tenant)
    .where('patient.environment', '=', environment)
    .where('patient.id', '=', patientId),
);

/** As `heldFor` of review counts them. */
const heldBack = (db: Db, patient: PatientKey) =>
  openItemsOf(db, patient)
    .where('held', '=', 1)
    .select((select) => [
      select.fn.countAll<number>().as('count'),
      sql<number | null>`min(coalesce(since, opened_at))`.as('sinceMs'),
    ]);

export function keptStatus(app: App, madeBy: string, facts: StatusFacts, held: Held): KeptStatus {
  return {
    ...{ madeBy, held },
    fromMs: msOf(facts.from),
    untilMs: facts.until === null ? null : msOf(facts.until),
    draft: draftOf(facts, app.config.calculatedValues),
  };
}

const msOf = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds;

/** In no JSON text: there it is escaped. */
const cut = '\u001f';

type Facts = Pick<KeptStatus, 'madeBy' | 'held'> & Pick<StatusDraft, 'needs'>;

/** The kept status, where it is what the ledger says and holds at this instant. */
export function statusKept(standing: StatusStanding, at: Temporal.Instant, madeBy: string): KeptStatus | undefined {
  const { statusRevision, revision, fromMs, untilMs, facts, statusText } = standing;
  const isOld = facts === null || statusText === null || fromMs === null || statusRevision !== revision;
  if (isOld || !holdsAt({ fromMs, untilMs }, at)) return undefined;
  const { madeBy: by, held, needs } = JSON.parse(facts) as Facts;
  if (by !== madeBy) return undefined;
  const end = statusText.lastIndexOf(cut);
  const draft = { pieces: statusText.slice(0, end).split(cut), carePlan: statusText.slice(end + 1), needs };
  return { madeBy, fromMs, untilMs, held, draft };
}

/** As columns of `reading`, with the row of the board. */
export function statusColumns(app: App, revision: number, facts: StatusFacts, kept: KeptStatus) {
  const { madeBy, held, fromMs, untilMs, draft } = kept;
  const { dueOn, dueMethod, alarmOn, alarmMethod, refilledOn, refilledWhere, hasPump, heardAtMs } = boardRow(
    facts,
    app.config.calculatedValues,
  );
  return {
    ...{ status_revision: revision, status_from: fromMs, status_until: untilMs },
    facts: JSON.stringify({ madeBy, held, needs: draft.needs } satisfies Facts),
    status_text: [...draft.pieces, draft.carePlan].join(cut),
    ...{ due_on: dueOn, due_method: dueMethod, alarm_on: alarmOn, alarm_method: alarmMethod },
    ...{ refilled_on: refilledOn, refilled_where: refilledWhere && JSON.stringify(refilledWhere) },
    ...{ has_pump: hasPump ? 1 : 0, heard_at: heardAtMs },
  };
}

export const holdsAt = ({ fromMs, untilMs }: Pick<KeptStatus, 'fromMs' | 'untilMs'>, at: Temporal.Instant): boolean =>
  fromMs <= at.epochMilliseconds && (untilMs === null || at.epochMilliseconds < untilMs);
