import type { Bundle, Resource } from '@medplum/fhirtypes';
import canonicalize from 'canonicalize';
import { knownCapabilities } from '../../src/destination-capabilities.ts';
import type { DestinationCapabilities } from '../../src/sync/capability.ts';
import { inOurTerms } from '../../src/sync/drift.ts';
import { identityQuery } from '../../src/sync/identity-search.ts';
import { isFoundByIdentity } from '../../src/sync/look-up.ts';
import type { Link } from '../../src/sync/plan.ts';
import { routesFor, tiersOf } from '../../src/sync/routes.ts';
import { report, settle } from '../flow/adapter.ts';
import { expireLeases } from '../flow/mortal.ts';
import { dyingAfterAWrite } from './dying.ts';
import { Failing, isAtServer, type Trial } from './trial.ts';

/** One thing that a server has to bear. Checks run in their order; one that fails may leave the next without a footing. */
export interface Check {
  readonly title: string;
  /** What to do where it fails. */
  readonly advice: string;
  /** Nothing after it can be told where it fails. */
  readonly essential?: true;
  /** What was seen, for the report. A sentence that begins with «note: » is no failure, but should be read. */
  readonly run: (trial: Trial) => Promise<string>;
}

export const checks: readonly Check[] = [
  {
    title: 'it shows a statement of FHIR R4, and lets us in',
    advice: 'Check the address, the client id and that the hospital has our public key; then run `itb-fhir doctor`.',
    essential: true,
    run: statement,
  },
  {
    title: 'an implant arrives for a patient that it knows',
    advice: 'Check that exactly one Patient has the identifier, and that our scopes cover what the statement offers.',
    essential: true,
    run: async (trial) => {
      await trial.arrives(trial.clinic.implant('i', 0, 100));
      return held(trial);
    },
  },
  {
    title: 'what it holds is what was sent',
    advice: 'The server drops or changes elements. State those that it takes as a fact `elements` of the destination.',
    run: readBack,
  },
  {
    title: 'nothing is sent where nothing changed',
    advice: 'This is a defect of the adapter: please report it with this table.',
    run: async (trial) => {
      const before = trial.writes();
      await trial.looksAgain();
      if (trial.writes() > before) throw new Failing('something was sent without need');
      return 'nothing was written';
    },
  },
  {
    title: 'a refill, a dose change and a complication arrive',
    advice: 'See which resource it refused; switch that kind off with a fact `interactions` of the destination.',
    run: async (trial) => {
      const { clinic } = trial;
      await trial.arrives(clinic.refill('r', 60, 100));
      await trial.arrives(clinic.doseChange('d', 70, 1250), clinic.complication('k', 80));
      return held(trial);
    },
  },
  {
    title: 'a correction and a late report change what is there',
    advice: 'If updates are refused, state `interactions` without update: corrections then travel as notes.',
    run: async (trial) => {
      const { clinic } = trial;
      await trial.arrives(clinic.correctDose('c', 'd', 70, 125));
      await trial.arrives(clinic.doseChange('late', 30, 110));
      return held(trial);
    },
  },
  {
    title: 'what was written before a crash is found again, and not written twice',
    advice: 'Searches by identifier or by patient, code and date have to find what was created.',
    run: crash,
  },
  {
    title: 'an update under a version that has passed is refused',
    advice: 'Without that, a change by the staff may be overwritten unseen. State `ifMatch: ignored` as a fact.',
    run: staleVersion,
  },
  {
    title: 'what was reported by mistake is entered in error',
    advice: 'What is listed stays at the server: remove it by hand.',
    run: withdrawal,
  },
];

async function capabilitiesOf(trial: Trial): Promise<DestinationCapabilities> {
  const known = await knownCapabilities(trial.app, trial.runtime, 'as-due');
  if ('capabilities' in known) return known.capabilities;
  throw new Failing(`${known.problem.message}. ${known.problem.remedy}`);
}

async function statement(trial: Trial): Promise<string> {
  const { projection = {}, scopes } = trial.runtime.destination;
  const routes = routesFor(await capabilitiesOf(trial), projection, scopes);
  const tiers = [...tiersOf(routes)].map(([tier, kinds]) => `${tier}: ${kinds.join(' ')}`);
  return `sent by ${routes.sending}; ${tiers.join('; ')}`;
}

async function held(trial: Trial): Promise<string> {
  const live = (await trial.links()).filter(({ state }) => state === 'live');
  if (live.length === 0) throw new Failing('nothing was written, sent or listed');
  const counts = Map.groupBy(live, ({ resourceType }) => resourceType);
  return [...counts].map(([type, links]) => `${links.length} ${type}`).join(', ');
}

/** Elements that carry the meaning: none of them may be lost. */
const meaning: ReadonlySet<string> = new Set(['status', 'subject', 'patient', 'code', 'content']);

async function readBack(trial: Trial): Promise<string> {
  const links = await trial.links();
  const differing = new Set<string>();
  let read = 0;
  for (const link of links.filter((one) => isAtServer(one) && one.state === 'live')) {
    const { resourceType, serverId } = link;
    const answer = await trial.runtime.client.send({ method: 'GET', path: `${resourceType}/${serverId}` });
    if (answer.kind !== 'answered' || answer.status !== 200)
      throw new Failing(`a ${resourceType} cannot be read again`);
    read++;
    const there = inOurTerms(answer.body as Resource, links, trial.runtime.destination.fhirBaseUrl);
    for (const element of differingElements(link, there)) differing.add(`${resourceType}.${element}`);
  }
  const lost = [...differing].filter((element) => meaning.has(element.split('.')[1] ?? ''));
  if (lost.length > 0) throw new Failing(`the server holds something else in ${lost.join(', ')}`);
  if (read === 0) return 'nothing at the FHIR server to read';
  return differing.size === 0
    ? `${read} read`
    : `note: ${read} read; written down differently: ${[...differing].join(', ')}`;
}

function differingElements({ content }: Link, there: Resource): string[] {
  const theirs = there as unknown as Record<string, unknown>;
  return Object.entries(content).flatMap(([element, value]) =>
    element === 'id' || element === 'meta' || canonicalize(theirs[element]) === canonicalize(value) ? [] : [element],
  );
}

/** The process dies when the first of its writes was applied, before it could remember that. */
async function crash(trial: Trial): Promise<string> {
  const before = new Set((await trial.links()).map(({ identity }) => identity));
  await report(trial.app, trial.clinic.doseChange('crash', 90, 140));
  const process = dyingAfterAWrite(trial.app);
  await settle(process.app).catch((error: unknown) => {
    if (!process.isDead()) throw error;
  });
  if (!process.isDead()) return 'nothing is written to this server';
  await expireLeases(trial.app);
  await trial.settles();
  const created = (await trial.links()).filter((link) => isAtServer(link) && !before.has(link.identity));
  const { found, unsearchable } = await countedThere(trial, created);
  if (found.some((count) => count !== 1)) throw new Failing('a search by identity does not find each resource once');
  const note = unsearchable > 0 ? `; note: ${unsearchable} of a kind that has no search by identifier` : '';
  return `${created.length} written, ${found.length} found once${note}`;
}

/** How many resources carry the identity of each link, of those that the server can search by it. */
async function countedThere(trial: Trial, links: readonly Link[]): Promise<{ found: number[]; unsearchable: number }> {
  const capabilities = await capabilitiesOf(trial);
  const found: number[] = [];
  for (const { resourceType, identity, content } of links) {
    if (!isFoundByIdentity(resourceType, capabilities)) continue;
    const patient = (content as { subject?: { reference?: string } }).subject?.reference;
    const takesPatient = capabilities.resources.get(resourceType)?.searchParameters.has('patient');
    const ofPatient = patient && takesPatient ? `&patient=${patient.split('/')[1]}` : '';
    const query = identityQuery(resourceType, trial.app.identifierSystem, [identity]);
    const answer = await trial.runtime.client.send({ method: 'GET', path: `${resourceType}?${query}${ofPatient}` });
    const entries = answer.kind === 'answered' ? ((answer.body as Bundle).entry ?? []) : [];
    found.push(entries.filter(({ resource }) => resource?.resourceType === resourceType).length);
  }
  return { found, unsearchable: links.length - found.length };
}

async function staleVersion(trial: Trial): Promise<string> {
  const { resources, ifMatch } = await capabilitiesOf(trial);
  const link = (await trial.links()).find(
    (one) =>
      one.versionId !== null && one.state === 'live' && resources.get(one.resourceType)?.interactions.has('update'),
  );
  if (!link) return 'nothing of ours there that could be updated';
  const path = `${link.resourceType}/${link.serverId}`;
  const current = await trial.runtime.client.send({ method: 'GET', path });
  const body = current.kind === 'answered' ? current.body : undefined;
  const headers = { 'If-Match': 'W/"itb-no-such-version"' };
  const answer = await trial.runtime.client.send({ method: 'PUT', path, body, headers });
  const isRefused = answer.kind === 'answered' && answer.status >= 400;
  if (isRefused) return `refused with ${answer.status}`;
  if (ifMatch === 'ignored') return 'note: it does not look at versions, as is known of it: the last one to write wins';
  throw new Failing('it was written all the same');
}

async function withdrawal(trial: Trial): Promise<string> {
  const { clinic } = trial;
  const mistaken = ['crash', 'late', 'd', 'k', 'r', 'i'];
  await trial.arrives(...mistaken.map((name, n) => clinic.void(`v-${name}`, name, 100 + n)));
  const { resources } = await capabilitiesOf(trial);
  const links = (await trial.links()).filter(isAtServer);
  const left = links.filter(({ state, resourceType }) => state !== 'voided' || resourceType === 'AdverseEvent');
  const unexpected = left.filter(
    ({ resourceType }) => withStatus.has(resourceType) && resources.get(resourceType)?.interactions.has('update'),
  );
  if (unexpected.length > 0) throw new Failing(`left as they are: ${typesOf(unexpected)}`);
  return left.length === 0 ? 'nothing of it stands any more' : `note: left there: ${typesOf(left)}`;
}

/** What can be entered in error. A document that says so of others stays; a Provenance and an AdverseEvent cannot say it. */
const withStatus: ReadonlySet<string> = new Set([
  'Device',
  'Medication',
  'MedicationAdministration',
  'MedicationRequest',
  'Procedure',
  'Observation',
]);

const typesOf = (links: readonly Link[]): string =>
  [...new Set(links.map(({ resourceType }) => resourceType))].sort().join(', ');
