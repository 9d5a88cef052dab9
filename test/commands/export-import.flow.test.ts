import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, desk, jsonLines, type Outcome, project } from './command-line.ts';

/** Nine therapies go from one deployment to another, as the files of an export. Each deployment has a key of its own. */
const [a, b] = [desk(), desk()];
afterAll(() => Promise.all([a.clear(), b.clear()]));

const samples = join(project, 'src/sandbox/sample-therapies.ndjson');
let exported: Outcome;
beforeAll(async () => {
  await a.run(['import', samples]);
  exported = await a.run(['export', '--environment', 'test', '--out', 'out']);
});

describe('an export', () => {
  test('is rehearsed by another deployment as new events of nine patients, and nothing of it is refused', async () => {
    const { exitCode, stdout } = await b.run(['import', '--dry-run', '--json', a.path('out')]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ received: 113, new: 113, known: 0, refused: 0, patients: 9 });
  });

  test('makes the same resources there, apart from identities', async () => {
    const { exitCode, stderr } = await b.run(['import', a.path('out')]);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringContaining('113 events: 113 appended, 0 known already, 0 refused.\n'),
    ]);
    await b.run(['export', '--environment', 'test', '--out', 'out']);
    const [here, there] = [resourcesIn(a), resourcesIn(b)];
    expect(idsOf(here).intersection(idsOf(there))).toEqual(new Set());
    expect(here).toHaveLength(540);
    expect(contentOf(there)).toEqual(contentOf(here));
  });

  test('taken in again where it came from changes nothing', async () => {
    const before = eventsOf(a);
    const again = await a.run(['import', 'out']);
    expect([again.exitCode, again.stderr]).toEqual([
      0,
      expect.stringContaining('113 events: 0 appended, 0 known already, 0 refused, 113 left alone.\n'),
    ]);
    expect(eventsOf(a)).toEqual(before);
    expect((await a.run(['export', '--environment', 'test', '--out', 'later'])).stderr).toBe(exported.stderr);
    expect(resourcesIn(a, 'later')).toEqual(resourcesIn(a));
  });

  test('taken in again by the other deployment is known already', async () => {
    const before = eventsOf(b);
    const files = namesIn(a, 'out').map((name) => a.path(join('out', name)));
    const again = await b.run(['import', ...files.toReversed()]);
    expect([again.exitCode, again.stderr]).toEqual([
      0,
      expect.stringContaining('113 events: 0 appended, 113 known already, 0 refused.\n'),
    ]);
    expect(eventsOf(b)).toEqual(before);
  });
});

type Named = Resource & { readonly id: string };

const namesIn = (at: Desk, folder: string): string[] =>
  readdirSync(at.path(folder))
    .filter((name) => name.endsWith('.ndjson'))
    .toSorted();

const resourcesIn = (at: Desk, folder = 'out'): Named[] =>
  namesIn(at, folder).flatMap((name) => jsonLines<Named>(at.read(join(folder, name))));

const idsOf = (resources: readonly Named[]): Set<string> => new Set(resources.map(({ id }) => id));

function eventsOf(at: Desk): unknown[] {
  const database = new DatabaseSync(at.path('.itb-fhir/ledger.sqlite'), { readOnly: true });
  const rows = database.prepare('select * from event order by seq').all();
  database.close();
  return rows;
}

/**
 * Every resource, with each identity in it replaced by a name made from what bears it: first by nothing, then by the
 * content of what is referred to, then by the content of what that refers to.
 */
function contentOf(resources: readonly Named[]): string[] {
  let nameOf: ReadonlyMap<string, string> = new Map();
  const told = (resource: Named) =>
    JSON.stringify(resource)
      .replaceAll(deploymentSystem, 'urn:deployment')
      .replaceAll(identity, (id) => (id === resource.id ? 'itself' : (nameOf.get(id) ?? 'unnamed')));
  for (let depth = 0; depth < 3; depth++) {
    nameOf = new Map(resources.map((one) => [one.id, createHash('sha256').update(told(one)).digest('base64')]));
  }
  return resources.map(told).toSorted();
}

const deploymentSystem = /https:\/\/w3id\.org\/itb-fhir\/sid\/(?!source-system")[^"|]+/g;
const identity = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
