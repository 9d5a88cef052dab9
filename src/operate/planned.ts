import type { App } from '../app.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import type { PatientKey } from '../ledger/patient-key.ts';
import { identifiersOf } from '../ledger/patients.ts';
import { owedTo } from '../origin-rule.ts';
import { therapyOf, wantedOf } from '../pipeline.ts';
import type { DestinationCapabilities } from '../sync/capability.ts';
import { storedCapabilities } from '../sync/capability-watch.ts';
import { knownDevices } from '../sync/device-match.ts';
import { linksOf } from '../sync/links.ts';
import { knownMatch } from '../sync/match-patient.ts';
import { type Link, type Plan, plan } from '../sync/plan.ts';
import { type Routes, routesFor } from '../sync/routes.ts';
import { identifiersThere } from '../sync/run-patient.ts';
import { tailor } from '../sync/tailor.ts';
import type { TailorResult, Wanted } from '../sync/tailored.ts';

/** What the next run of one patient would do at a destination, as far as the store alone tells. Nothing is sent. */
export interface Planned extends TailorResult {
  readonly plan: Plan;
  readonly links: ReadonlyMap<string, Link>;
  readonly wanted: readonly Wanted[];
  /** Reports of the patient that stand. */
  readonly events: number;
}

/** What a destination can do, as last heard, and how each kind travels there. */
export interface KnownThere {
  readonly capabilities: DestinationCapabilities;
  readonly routes: Routes;
}

/** As the last statement said that was fetched; undefined: none was, and nothing was sent there yet. */
export async function knownThere(
  app: App,
  { destination, facts }: DestinationRuntime,
): Promise<KnownThere | undefined> {
  const capabilities = await storedCapabilities({ db: app.store.db, destination, facts });
  return (
    capabilities && { capabilities, routes: routesFor(capabilities, destination.projection ?? {}, destination.scopes) }
  );
}

export async function plannedAt(
  app: App,
  { destination }: DestinationRuntime,
  { capabilities, routes }: KnownThere,
  patient: PatientKey,
): Promise<Planned> {
  const { db } = app.store;
  const { patientId } = patient;
  const owner = { tenant: destination.tenant, destination: destination.name };
  const identifiers = await identifiersOf(db, patient);
  const family = [...new Set([patientId, ...identifiers.map((identifier) => identifier.patientId)])];
  const { therapy, desired, reports } = await therapyOf(app, patient, app.now());
  const { links } = await linksOf(db, owner, family);
  const owed = owedTo(destination, therapy.entries, desired.resources, reports);
  const wanted = wantedOf(therapy, owed);
  const tailored = tailor(wanted, owed.reports, {
    ...{ patientId, capabilities, routes, links },
    patientServerId: (await knownMatch(db, destination, patientId))?.serverId,
    patientIdentifiers: identifiersThere(destination, identifiers),
    identifierSystem: app.identifierSystem,
    ownDevices: await knownDevices(db, owner, family),
    settings: destination.projection ?? {},
  });
  const losses = [...tailored.losses, ...owed.losses];
  return { ...tailored, losses, plan: plan(tailored.items, links), links, wanted, events: therapy.entries.length };
}
