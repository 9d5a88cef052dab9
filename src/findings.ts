/**
 * What of the flow a human should see: refused input, remarks about a therapy, runs that were parked. Each finding has a
 * key, so that the same one again is one item, and one that is no longer found is resolved.
 */
import { createHash } from 'node:crypto';
import type { App } from './app.ts';
import { isWholeText } from './event/parse.ts';
import type { Item, Unusable } from './intake/item.ts';
import type { Receipt } from './intake/receipt.ts';
import type { AppendResult } from './ledger/append.ts';
import type { PatientKey } from './ledger/patient-key.ts';
import { patientByIdentifier } from './ledger/patients.ts';
import type { Remark } from './mapping/built.ts';
import { resolveInput } from './review/resolve-input.ts';
import { type Finding, openReview } from './review/review.ts';
import { settle } from './review/settle.ts';
import { appendAudit } from './store/audit.ts';
import type { Environment } from './store/schema.ts';
import type { Seal } from './store/seal.ts';
import type { Trx } from './store/store.ts';
import type { RunResult } from './sync/run-result.ts';

/** The configuration says for which hospital or programme a source reports. */
export function tenantOf(app: App, sourceSystem: string | undefined): string {
  return (sourceSystem && app.config.tenantOfSource[sourceSystem]) || 'default';
}

/** Refused input is kept verbatim. Where it names a patient we know, that patient's answers say that it is held. */
export async function reviewRefusal(
  app: App,
  trx: Trx,
  item: Item,
  receipt: Receipt,
  tenantAt: (item: Item, sourceSystem: string | undefined) => string,
): Promise<void> {
  const [first] = receipt.problems;
  if (!first) return;
  const stated = ('about' in item && item.about && toldOf(item.about)) || statedIn(item.payload);
  const scope = { tenant: tenantAt(item, stated.sourceSystem), environment: stated.environment };
  const known = stated.patient && (await patientByIdentifier(trx, scope, stated.patient));
  await openReview(trx, {
    ...scope,
    dedupeKey: refusalKey(app, item),
    stage: first.code === 'event-conflict' ? 'ledger' : 'intake',
    effect: 'held',
    problem: first,
    payload: app.seal.seal(item.payload),
    ...keptAs(item),
    receiptId: item.message?.receiptId,
    ...(known && { patientId: known.patientId }),
    ...(stated.sourceSystem && { sourceSystem: stated.sourceSystem }),
    ...(receipt.eventId && { eventId: receipt.eventId }),
    sinceMs: app.now().epochMilliseconds,
  });
}

/**
 * The same input refused again is the same item. Of an HL7 v2 message, which is kept as a whole, each group is one. Keyed,
 * so that nobody can try record numbers against it.
 */
export function refusalKey({ seal }: Pick<App, 'seal'>, item: Item): string {
  const { format = 'json' } = keptAs(item);
  const group = format === 'hl7v2' ? item.place.segment : undefined;
  return `intake|${seal.fingerprint(JSON.stringify([format, item.payload, group ?? '']))}`;
}

/** How its payload is read again: an event is kept as canonical JSON, however it came. */
const keptAs = (item: Item): Pick<Item, 'format' | 'source'> =>
  'event' in item || item.format === 'ndjson' ? {} : { format: item.format, source: item.source };

const toldOf = ({ patient, sourceSystem, test }: NonNullable<Unusable['about']>): Stated => ({
  environment: test ? 'test' : 'live',
  patient: patient && isStorable(patient.system) && isStorable(patient.value) ? patient : undefined,
  sourceSystem: isStorable(sourceSystem) ? sourceSystem : undefined,
});

interface Stated {
  readonly environment: Environment;
  readonly patient: { readonly system: string; readonly value: string } | undefined;
  readonly sourceSystem: string | undefined;
}

/** What a refused input says of patient, source and environment, as far as it can be read. */
function statedIn(payload: string): Stated {
  type Loose = {
    patient?: { identifier?: { system?: unknown; value?: unknown } };
    source?: { system?: unknown };
    test?: unknown;
  };
  let loose: Loose = {};
  try {
    loose = (JSON.parse(payload) ?? {}) as Loose;
  } catch {
    // Not JSON: it names nobody.
  }
  const { system, value } = loose.patient?.identifier ?? {};
  const environment: Environment = loose.test === true ? 'test' : 'live';
  return {
    environment,
    patient: isStorable(system) && isStorable(value) ? { system, value } : undefined,
    sourceSystem: isStorable(loose.source?.system) ? loose.source.system : undefined,
  };
}

const isStorable = (value: unknown): value is string => typeof value === 'string' && isWholeText(value);

export async function resolveRefusals(
  trx: Trx,
  tenant: string,
  items: readonly (Item & { event: { source: { system: string; eventId: string }; test?: boolean } })[],
  results: readonly AppendResult[],
  nowMs: number,
): Promise<void> {
  const accepted = items.filter((_, n) => results[n]?.outcome === 'accepted').map((item) => item.event);
  for (const [key, events] of Map.groupBy(accepted, (event) =>
    JSON.stringify([event.source.system, event.test === true]),
  )) {
    const [system, test] = JSON.parse(key) as [string, boolean];
    const environment = test ? 'test' : 'live';
    const ids = events.map((event) => event.source.eventId);
    await resolveInput(trx, { tenant, environment }, system, ids, nowMs);
  }
}

/**
 * Remarks become review items; those that their stage finds no longer are resolved. Mere notes stay where they are
 * asked for.
 */
export async function reviewRemarks(
  { seal }: Pick<App, 'seal'>,
  trx: Trx,
  patient: PatientKey,
  remarks: readonly Remark[],
  stage: 'mapping' | 'reading' = 'mapping',
): Promise<void> {
  const findings = remarks
    .filter(({ held, problem: found }) => held || found.severity !== 'information')
    .map((remark) => findingOf(seal, patient, remark, stage));
  for (const finding of findings) await openReview(trx, finding);
  await settle(trx, { ...patient, stage }, new Set(findings.map((finding) => finding.dedupeKey)));
}

function findingOf(
  seal: Seal,
  patient: PatientKey,
  { problem: found, held, entry, forReviewers }: Remark,
  stage: 'mapping' | 'reading',
): Finding {
  const eventId = entry?.source.reportEventId ?? found.place?.eventId;
  const about = [patient.patientId, entry?.source.system, eventId, found.code, found.place?.field, found.message];
  return {
    ...patient,
    dedupeKey: `${stage}|${createHash('sha256').update(JSON.stringify(about)).digest('hex')}`,
    stage,
    effect: held ? 'held' : 'remark',
    problem: found,
    ...(entry && { sourceSystem: entry.source.system, sinceMs: entry.when.earliest.epochMilliseconds }),
    ...(eventId && { eventId }),
    ...(forReviewers && { payload: seal.seal(JSON.stringify(forReviewers)) }),
  };
}

export async function reviewSync(app: App, patient: PatientKey, destination: string, result: RunResult): Promise<void> {
  if (result.kind === 'lease-lost' || result.kind === 'retry' || result.kind === 'pause') return;
  await app.store.transaction(async (trx) => {
    const keys = new Set<string>();
    for (const found of result.problems) {
      const dedupeKey = `sync|${destination}|${patient.patientId}|${found.code}`;
      keys.add(dedupeKey);
      // Parked at a destination holds nothing back from other readers: the ledger and our own answers have it all.
      await openReview(trx, { ...patient, destination, dedupeKey, stage: 'sync', effect: 'remark', problem: found });
    }
    await settle(trx, { ...patient, destination, stage: 'sync' }, keys);
    if (result.kind !== 'in-step' || result.written > 0) await auditSync(app, trx, patient, destination, result);
  });
}

async function auditSync(
  app: App,
  trx: Trx,
  patient: PatientKey,
  destination: string,
  result: RunResult,
): Promise<void> {
  const { tenant, patientId } = patient;
  const written = 'written' in result ? result.written : 0;
  const at = app.now().epochMilliseconds;
  const detail = { destination, patient: patientId, written };
  await appendAudit(trx, { tenant, at, action: 'sync', actor: 'worker', outcome: result.kind, detail });
}
