import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { liveTables } from '../../src/live-tables.ts';
import { listReview } from '../../src/review/list.ts';
import { mrnSystem, startReviewSite } from '../views/admin/review-site.ts';

const mrn = 'MRN-WATCHED';
const itbComplication = 'https://w3id.org/itb-fhir/CodeSystem/itb-complication';

async function until(isSo: () => Promise<boolean> | boolean): Promise<boolean> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

it('a table that somebody edits beside the running service brings what it held to the hospital', async () => {
  const site = await startReviewSite(mrn);
  onTestFinished(() => site.close());
  const event = {
    ...{ schemaVersion: 1, type: 'complication', code: 'knotted tube', occurredAt: '2024-11-19T10:00:00Z', test: true },
    source: { system: 'urn:oid:1.2.3', eventId: 'C-1' },
    patient: { identifier: { system: mrnSystem, value: mrn } },
  };
  await site.send('/events', 'application/json', JSON.stringify(event));
  const filter = { tenant: 'default', state: 'open', code: 'code-unmapped', limit: 1 } as const;
  const items = () => listReview(site.app.store.db, filter);
  expect(await until(async () => (await items()).length === 1)).toBe(true);

  const folder = join(site.folder, '.itb-fhir', 'mappings', 'conceptmaps');
  const target = { source: 'https://w3id.org/itb-fhir/sid/complication', target: itbComplication };
  const element = [{ code: 'KNOTTED-TUBE', target: [{ code: 'catheter-kink', equivalence: 'equivalent' }] }];
  const url = 'https://w3id.org/itb-fhir/ConceptMap/source-complication';
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'source-complication.json'),
    JSON.stringify({ resourceType: 'ConceptMap', id: 'source-complication', url, group: [{ ...target, element }] }),
  );
  const arrived = () =>
    site.hospital.resources('Observation').filter((one) => JSON.stringify(one).includes('catheter-kink'));
  expect(await until(() => arrived().length === 1)).toBe(true);
  expect(await until(async () => (await items()).length === 0)).toBe(true);
});

it('a table of a site that leads to a code nobody may emit is refused with its path, until it is mended', () => {
  const overlay = mkdtempSync(join(tmpdir(), 'itb-fhir-tables-'));
  onTestFinished(() => rmSync(overlay, { recursive: true }));
  const mappingsDir = join(import.meta.dirname, '..', '..', 'mappings');
  const tables = liveTables({ mappingsDir, mappingsOverlayDir: overlay, terminologyPacks: [] });
  const path = join(overlay, 'conceptmaps', 'mine.json');
  const mapTo = (code: string) => {
    const element = [{ code: 'X', target: [{ code, equivalence: 'equivalent' }] }];
    const group = [{ source: 'https://example.org/own', target: itbComplication, element }];
    const url = 'https://example.org/ConceptMap/mine';
    writeFileSync(path, JSON.stringify({ resourceType: 'ConceptMap', id: 'mine', url, group }));
  };
  mkdirSync(join(overlay, 'conceptmaps'));
  mapTo('no-such-complication');
  const refused = {
    kind: 'unusable',
    says: `${path}: no row in the code tables for ${itbComplication} no-such-complication`,
  };
  expect([tables.reload(), tables.reload()]).toEqual([refused, refused]);
  expect(tables.sources.named('oru-flowsheet')?.map.name).toBe('oru-flowsheet');
  mapTo('catheter-kink');
  expect([tables.reload(), tables.reload()]).toEqual([
    { kind: 'usable', edition: 1 },
    { kind: 'usable', edition: 1 },
  ]);
  expect(tables.codes.translate('https://example.org/ConceptMap/mine', 'https://example.org/own', 'X')?.code).toBe(
    'catheter-kink',
  );
});
