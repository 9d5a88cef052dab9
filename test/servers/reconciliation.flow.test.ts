import { describe, expect, it, onTestFinished } from 'vitest';
import type { App } from '../../src/app.ts';
import { knownCapabilities } from '../../src/destination-capabilities.ts';
import type { DestinationRuntime } from '../../src/destination-runtime.ts';
import { type Changed, compareAll, type Difference, type OfType } from '../../src/operate/reconciliation.ts';
import { repair } from '../../src/operate/repair.ts';
import { routesFor } from '../../src/sync/routes.ts';
import { steps } from '../contracts/destination-story.ts';
import { report, settle } from '../flow/adapter.ts';
import { type ServerKind, servers } from './catalogue.ts';
import { admit, type OpenServer, openDeployment, openServer } from './open-server.ts';

/** A hospital in which two patients lived through the whole story of the contract. */
async function lived(kind: ServerKind): Promise<{ server: OpenServer; app: App }> {
  const server = await openServer(kind);
  await admit(server, 'A', 'B');
  const app = await openDeployment(server);
  onTestFinished(async () => {
    await app.close();
    await server.close();
  });
  for (const events of Object.values(steps)) {
    await report(app, ...events);
    await settle(app);
  }
  return { server, app };
}

async function reconciled(app: App) {
  const runtime = app.destinations[0] as DestinationRuntime;
  const known = await knownCapabilities(app, runtime, 'as-due');
  if (!('capabilities' in known)) throw new Error(known.problem.code);
  const { capabilities } = known;
  const differences: (Difference | Changed)[] = [];
  const looked = await compareAll({
    ...{ app, runtime, capabilities, progress: () => {} },
    found: (difference) => {
      differences.push(difference);
    },
  });
  if ('kind' in looked) throw new Error(looked.problem.code);
  const routes = routesFor(capabilities, runtime.destination.projection ?? {}, runtime.destination.scopes);
  return { runtime, known: { capabilities, routes }, differences, looked };
}

const linkedIn = (looked: readonly OfType[]) => looked.reduce((sum, { linked }) => sum + linked, 0);
const inWords = (differences: readonly Difference[]) =>
  differences.map(({ kind, resourceType }) => `${resourceType} ${kind}`).toSorted();

/** Those to which something is written as FHIR. */
const holding = servers.filter(({ tiers }) => tiers.graph || tiers.discrete || tiers.document);

describe.each(holding)('$name', (kind) => {
  it('differs in nothing after the whole story, and is asked nothing beyond its statement', async () => {
    const { app, server } = await lived(kind);
    const before = server.simulator.violations.length;
    const { differences, looked } = await reconciled(app);
    expect(inWords(differences)).toEqual([]);
    // Epic's statement does not say that a search has to name a patient: it is asked that once.
    const asked = kind.preset === 'epic' ? ['search-type Device: patient-not-named'] : [];
    expect(server.simulator.violations.slice(before)).toEqual(asked);
    // A server that queues what is created shows nothing yet.
    if (kind.name !== 'creates queued for review') expect(linkedIn(looked)).toBeGreaterThan(3);
  });
});

const unsearchable = servers.find(({ name }) => name === 'Epic-like, discrete') as ServerKind;

describe('a server that does not search by our identifier', () => {
  it('is read link by link, so that what was changed there is found', async () => {
    const { app, server } = await lived(unsearchable);
    const [observation] = server.simulator.resources('Observation');
    await server.simulator.write({ ...observation, status: 'cancelled' } as never);
    const { differences, looked } = await reconciled(app);
    expect(looked.find(({ resourceType }) => resourceType === 'Observation')?.by).toBe('links');
    expect(differences.map(({ kind, resourceType, elements }) => [resourceType, kind, elements])).toEqual([
      ['Observation', 'changed', ['status']],
    ]);
  });
});

describe('repair', () => {
  it('owes each patient once, and leaves what is there twice to a human', async () => {
    const { app, server } = await lived(servers.find(({ name }) => name === 'HAPI-like') as ServerKind);
    const [device] = server.simulator.resources('Device');
    const { id: _, ...copy } = device as { id: string } & NonNullable<typeof device>;
    await server.simulator.write({ ...copy, id: 'a-copy' } as never);
    for (const infusion of server.simulator.resources('MedicationAdministration').slice(0, 3)) {
      await server.simulator.write({ ...infusion, status: 'unknown' } as never);
    }
    const { runtime, known, differences } = await reconciled(app);
    expect(inWords(differences)).toEqual([
      'Device twice',
      ...Array.from({ length: 3 }, () => 'MedicationAdministration changed'),
    ]);
    const patients = new Set(differences.filter(({ kind }) => kind === 'changed').map(({ patientId }) => patientId));
    expect(await repair(app, runtime, known, differences, 'a test')).toBe(patients.size);
    expect(
      await repair(
        app,
        runtime,
        known,
        differences.filter(({ kind }) => kind === 'twice'),
        'a test',
      ),
    ).toBe(0);
  });
});
