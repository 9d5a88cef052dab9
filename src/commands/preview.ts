import { readFileSync } from 'node:fs';
import { type App, openApp } from '../app.ts';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import { inWords, type Problem } from '../event/problem.ts';
import { demoKey } from '../fhir/identity.ts';
import { resourceIdentifierSystem } from '../fhir/systems.ts';
import type { PatientRef } from '../ledger/patient-key.ts';
import { identifiersOf, patientsOf } from '../ledger/patients.ts';
import { type KnownThere, plannedAt } from '../operate/planned.ts';
import { type PreviewClient, previewClient } from '../operate/preview-client.ts';
import { ingest, syncPatient } from '../pipeline.ts';
import { readStatementText } from '../store/destination-state.ts';
import { parseCapabilities } from '../sync/capability.ts';
import { fetchCapabilities } from '../sync/capability-watch.ts';
import { routesFor } from '../sync/routes.ts';
import type { Fence } from '../sync/run.ts';
import type { Loss } from '../sync/tailored.ts';
import { table } from '../table.ts';
import { chosenDestination } from './chosen-destination.ts';
import { type InputOptions, openFiles } from './input-file.ts';
import { inputSets, setName } from './input-sets.ts';
import { sentByWorklist } from './preview-worklist.ts';

export interface Preview {
  readonly files: readonly string[];
  readonly input: InputOptions;
  /** `what-it-can`: the destination is asked for its statement and its Patient; nothing is written there. */
  readonly ask: 'what-it-can' | 'nothing';
  /** `demo`: identities under the published demo key; `real`: as this deployment would write them. */
  readonly key: 'demo' | 'real';
  /** A CapabilityStatement in place of the destination's own. */
  readonly statementFile?: string | undefined;
}

/**
 * Prints the very requests that these events alone would cause, as NDJSON, and on stderr what does not arrive as itself
 * and why. It runs the real code on a store in memory, against a client that writes nothing. 1 if anything is refused.
 */
export async function preview(configPath: string | undefined, named: string, wanted: Preview): Promise<number> {
  const config = loadConfig(configPath);
  const destination = chosenDestination(config, named);
  const real = await openApp({ ...config, destinations: [destination] });
  try {
    const statement = await statementFor(real, runtimeOf(real), wanted);
    const reading = wanted.ask === 'nothing' ? undefined : runtimeOf(real).client;
    const client = previewClient(statement, reading);
    const app = await inMemory(config, real, wanted.key);
    try {
      return await told(app, { ...runtimeOf(app), client }, client, wanted);
    } finally {
      await app.close();
    }
  } finally {
    await real.close();
  }
}

const runtimeOf = ({ destinations }: App): DestinationRuntime => destinations[0] as DestinationRuntime;

/** The same configuration with an empty ledger of its own. */
async function inMemory(config: Config, real: App, key: Preview['key']): Promise<App> {
  const { destination } = runtimeOf(real);
  const deploymentKey = key === 'real' ? config.deploymentKey : demoKey;
  const app = await openApp({ ...config, deploymentKey, destinations: [destination], storeUrl: 'sqlite::memory:' });
  return { ...app, identifierSystem: key === 'real' ? real.identifierSystem : resourceIdentifierSystem('demo') };
}

async function statementFor(
  app: App,
  { client, facts, destination }: DestinationRuntime,
  wanted: Preview,
): Promise<unknown> {
  if (wanted.statementFile !== undefined) return statementIn(wanted.statementFile);
  const { tenant, name } = destination;
  const stored = await readStatementText(app.store.db, { tenant, destination: name });
  if (wanted.ask === 'nothing') {
    if (stored !== undefined) return JSON.parse(stored);
    throw new ConfigError(
      `${name} was never asked what it can hold: leave out --offline, or name its CapabilityStatement with --statement.`,
    );
  }
  const fetched = await fetchCapabilities(client, facts, await app.store.nowMs());
  if (!('kind' in fetched)) return fetched.statement;
  if (stored === undefined)
    throw new ConfigError(
      `${name} cannot be asked. ${inWords(fetched.problem)} Or name its CapabilityStatement with --statement.`,
    );
  console.error(`${name} cannot be asked; its last statement counts. ${inWords(fetched.problem)}`);
  return JSON.parse(stored);
}

function statementIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new ConfigError(`${path} cannot be read as a CapabilityStatement.`);
  }
}

async function told(app: App, runtime: DestinationRuntime, client: PreviewClient, wanted: Preview): Promise<number> {
  const refused = await readInto(app, wanted);
  const known = await knownFrom(client, runtime);
  const losses: Loss[] = [];
  let count = 0;
  for await (const patient of owedPatients(app, runtime)) {
    losses.push(...(await plannedAt(app, runtime, known, patient)).losses);
    for (const line of await sentFor(app, runtime, client, patient)) {
      process.stdout.write(`${JSON.stringify({ patient: patient.patientId, ...line })}\n`);
      count++;
    }
  }
  console.error(summary(runtime, client, count, losses));
  return refused > 0 ? 1 : 0;
}

/** What a run for one patient would send, by whatever channel. What a human should know of it is told. */
async function sentFor(
  app: App,
  runtime: DestinationRuntime,
  client: PreviewClient,
  patient: PatientRef,
): Promise<readonly object[]> {
  const messages: string[] = [];
  const engine = runtime.destination.projection?.hl7v2 && {
    send: async (er7: string) => {
      messages.push(er7);
      return { kind: 'accepted' } as const;
    },
  };
  const { result } = await syncPatient(app, { ...runtime, engine }, patient.patientId, unfenced);
  const problems = 'problems' in result ? result.problems : [];
  for (const found of problems) console.error(`${patient.patientId}: ${inWords(found)}`);
  return [
    ...client.taken().map((request) => ({ channel: 'fhir', ...request })),
    ...messages.map((message) => ({ channel: 'hl7v2', message })),
    ...(await sentByWorklist(app, runtime, patient)),
  ];
}

async function knownFrom(client: PreviewClient, { destination, facts }: DestinationRuntime): Promise<KnownThere> {
  const answer = await client.send({ method: 'GET', path: 'metadata' });
  const capabilities = parseCapabilities('body' in answer ? answer.body : undefined, 0, facts);
  if ('remedy' in capabilities) throw new ConfigError(inWords(capabilities));
  return { capabilities, routes: routesFor(capabilities, destination.projection ?? {}, destination.scopes) };
}

/** A preview is alone with its store. */
const unfenced: Fence = { renewed: async () => true, holds: async () => true };

/** Returns how many are refused. */
async function readInto(app: App, { files, input }: Preview): Promise<number> {
  let refused = 0;
  for (const set of await inputSets(files, { ...input, sources: app.sources })) {
    const file = setName(set);
    const report = (found: Problem) => console.error(JSON.stringify({ file, ...found }));
    const { parts } = await openFiles(set, { ...input, sources: app.sources, codes: app.codes, config: app.config });
    for (;;) {
      const next = await parts.next();
      if (next.done) {
        if (next.value.unreadable) report(next.value.unreadable);
        refused += next.value.unreadable ? 1 : 0;
        break;
      }
      const receipts = await ingest(app, next.value.items, runtimeOf(app).destination.tenant);
      for (const found of receipts.flatMap((receipt) => receipt.problems)) report(found);
      refused += receipts.filter(({ outcome }) => outcome === 'refused').length;
    }
  }
  return refused;
}

/** Others are not sent there: of the other environment, or without an identifier that the destination knows. */
async function* owedPatients(app: App, { destination }: DestinationRuntime): AsyncGenerator<PatientRef> {
  const { tenant, environment, patientIdentifierSystems, name } = destination;
  const left = { ofOther: 0, unknown: 0 };
  for await (const patient of patientsOf(app.store.db, tenant)) {
    const identifiers = await identifiersOf(app.store.db, patient);
    if (patient.environment !== environment) left.ofOther++;
    else if (!identifiers.some(({ system }) => patientIdentifierSystems[system] !== undefined)) left.unknown++;
    else yield patient;
  }
  if (left.ofOther > 0)
    console.error(
      `${counted(left.ofOther, 'patient is', 'patients are')} not sent to ${name}: it is ${environment}, their events are not.`,
    );
  if (left.unknown > 0)
    console.error(
      `${counted(left.unknown, 'patient is', 'patients are')} not sent to ${name}: none of their identifier systems is known there.`,
    );
}

function summary(
  { destination }: DestinationRuntime,
  client: PreviewClient,
  count: number,
  losses: readonly Loss[],
): string {
  const { name } = destination;
  const unmatched = client.unmatched();
  const lines = [
    `${count === 0 ? 'Nothing' : counted(count, 'request, message or entry', 'requests, messages and entries')} would go to ${name}. Nothing was sent.`,
    ...(unmatched > 0
      ? [
          `${counted(unmatched, 'patient', 'patients')} would be parked: ${name} does not know exactly one Patient by their identifiers.`,
        ]
      : []),
    ...(losses.length > 0
      ? ['', `What does not arrive at ${name} as itself:`, lossTable(losses)]
      : ['Everything arrives as itself.']),
  ];
  return lines.join('\n');
}

const counted = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`;

function lossTable(losses: readonly Loss[]): string {
  const alike = Map.groupBy(losses, ({ resourceType, element, reason }) =>
    JSON.stringify([resourceType, element, reason]),
  );
  const rows = [...alike.values()].flatMap(([first, ...others]) =>
    first ? [[first.resourceType, first.element ?? 'all of it', String(1 + others.length), first.reason]] : [],
  );
  return table(['Kind', 'Element', 'Count', 'Why'], rows);
}
