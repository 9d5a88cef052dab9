import type { ResourceType } from '@medplum/fhirtypes';
import type { App } from '../app.ts';
import { failed } from '../auth/failure.ts';
import { grants, grantsInPart, type Interaction, type Scope } from '../auth/scopes.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import { readState } from '../store/destination-state.ts';
import type { DestinationCapabilities } from '../sync/capability.ts';
import { fetchCapabilities } from '../sync/capability-watch.ts';
import { type Routes, routesFor } from '../sync/routes.ts';
import { ago } from './ago.ts';
import { type Check, noted, ok, wrong, wrongBy } from './doctor-check.ts';

/** What the destination can hold, and what of a therapy therefore travels how. */

export async function checkCapabilities(
  app: App,
  runtime: DestinationRuntime,
): Promise<{ check: Check; capabilities?: DestinationCapabilities }> {
  const { tenant, name: destination } = runtime.destination;
  const nowMs = await app.store.nowMs();
  const fetched = await fetchCapabilities(runtime.client, runtime.facts, nowMs);
  if ('kind' in fetched) return { check: wrongBy('CapabilityStatement', fetched.problem) };
  const { capabilities } = fetched;
  const { software = 'software not stated', fhirVersion, hash } = capabilities.statement;
  const says = `${software}, FHIR ${fhirVersion}, hash ${hash.slice(0, 12)}`;
  const state = await readState(app.store.db, { tenant, destination });
  const before = state?.fetched_at
    ? ago(Temporal.Instant.fromEpochMilliseconds(state.fetched_at).toString(), app.now())
    : '–';
  if (!state?.statement_hash)
    return { check: ok('CapabilityStatement', `${says}; seen for the first time.`), capabilities };
  if (state.statement_hash === hash)
    return { check: ok('CapabilityStatement', `${says}; as ${before}.`), capabilities };
  const advice = 'Compare the tiers below with what you expect; the next run looks at every patient again.';
  return { check: noted('CapabilityStatement', `${says}; it has changed since ${before}.`, advice), capabilities };
}

/** What is known beside the statement, and what of it did not count. */
export function checkFacts({ destination, facts }: DestinationRuntime, { problems }: DestinationCapabilities): Check {
  const { preset } = destination;
  const own = destination.facts?.length ?? 0;
  const unverified = facts.filter(({ verified }) => !verified).length;
  const says = `${preset ? `preset ${preset}` : 'no preset'}, ${facts.length} facts in force (${own} of this site; ${unverified} not verified).`;
  if (problems.length === 0) return ok('Facts', says);
  const lines = problems.map(
    ({ place }) => `${place?.field ?? 'a fact'} did not count: it says more than the statement does.`,
  );
  return { ...noted('Facts', says, 'Give such a fact an `assert` with reason and date, or remove it.'), lines };
}

export const routesAt = ({ destination }: DestinationRuntime, capabilities: DestinationCapabilities): Routes =>
  routesFor(capabilities, destination.projection ?? {}, destination.scopes);

/** Each kind of resource with its tier and the reason for it. */
export function checkTiers({ byType, report, sending }: Routes): Check {
  const asIs = [...byType.values()].filter(({ tier }) => tier === 'graph').length;
  const rest = asIs < byType.size ? ` ${toldBy[report]}` : '';
  const says = `${asIs} of ${byType.size} kinds are held as they are.${rest} ${sendingWords[sending]}`;
  const alike = Map.groupBy(byType, ([, { tier, reason }]) => JSON.stringify([tier, reason]));
  const lines = [...alike.values()].map((kinds) => {
    const [first] = kinds;
    return `${(first?.[1].tier ?? '').padEnd(9)} ${kinds.map(([type]) => type).join(', ')}: ${first?.[1].reason}`;
  });
  return ok('Tiers', says, lines);
}

const toldBy = {
  document: 'The rest is told in documents.',
  hl7v2: 'The rest is told to the interface engine by HL7 v2.',
  worklist: 'The rest is listed for a human to enter.',
} as const;

const sendingWords = {
  transaction: 'Sent as transactions.',
  batch: 'Sent as batches, because transactions are not offered.',
  single: 'Sent one request at a time, because neither transactions nor batches are offered.',
} as const;

/** Whether the token that was granted lets us do what the chosen tiers need. */
export async function checkScopes({ auth, destination }: DestinationRuntime, routes: Routes): Promise<Check> {
  const access = await auth.accessToken();
  if (failed(access)) return wrongBy('Scopes', access.problem);
  const lacking = neededScopes(routes).filter(
    ({ resource, interaction }) => !allowed(access.scopes, resource, interaction),
  );
  if (lacking.length === 0) return ok('Scopes', 'what was granted covers what the tiers need.');
  const byType = Map.groupBy(lacking, ({ resource }) => resource);
  const lines = [...byType].map(
    ([type, needs]) => `system/${type}: ${needs.map(({ interaction }) => interaction).join(', ')} is not granted`,
  );
  const advice = `Ask the hospital to grant it to ${destination.clientId}, or narrow \`scopes\` of the destination to what it grants.`;
  return { ...wrong('Scopes', `${lacking.length} permissions that the tiers need are not granted.`, advice), lines };
}

interface Need {
  readonly resource: ResourceType;
  readonly interaction: Interaction;
}

/** To find the patient, to create and to correct. Read and search of ours are used where they are there. */
function neededScopes({ byType, report }: Routes): Need[] {
  const written = [...byType].flatMap(([type, { tier }]) => (tier === 'graph' || tier === 'discrete' ? [type] : []));
  const told = report === 'document' && written.length < byType.size ? (['DocumentReference'] as const) : [];
  return [
    { resource: 'Patient', interaction: 'search' },
    ...[...written, ...told].map((resource): Need => ({ resource, interaction: 'create' })),
    ...written
      .filter((resource) => resource !== 'Provenance' && byType.get(resource)?.tier === 'graph')
      .map((resource): Need => ({ resource, interaction: 'update' })),
  ];
}

const allowed = (scopes: readonly Scope[], resource: string, interaction: Interaction): boolean =>
  grants(scopes, { resource, interaction }) || grantsInPart(scopes, { resource, interaction }).length > 0;
