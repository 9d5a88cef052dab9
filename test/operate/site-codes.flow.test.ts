import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryItem } from '../../src/operate/review-decision.ts';
import { addSiteCode } from '../../src/operate/site-codes.ts';
import { mappableCodes } from '../../src/operate/unmapped-codes.ts';
import { listReview, type ReviewItem } from '../../src/review/list.ts';
import { mrnSystem, type ReviewSite, startReviewSite } from '../views/admin/review-site.ts';

const mrn = 'MRN-HELD';
const decider = { tenant: 'default', actor: 'a mapper' };
const target = { system: 'https://w3id.org/itb-fhir/CodeSystem/itb-complication', code: 'catheter-kink' };

describe('an event in the ledger that is held for want of a code', () => {
  let site: ReviewSite;
  beforeAll(async () => {
    site = await startReviewSite(mrn);
    const event = {
      ...{
        schemaVersion: 1,
        type: 'complication',
        code: 'knotted tube',
        occurredAt: '2024-11-19T10:00:00Z',
        test: true,
      },
      source: { system: 'urn:oid:1.2.3', eventId: 'C-1' },
      patient: { identifier: { system: mrnSystem, value: mrn } },
    };
    const answer = await site.send('/events', 'application/json', JSON.stringify(event));
    expect(answer.status).toBe(200);
  });
  afterAll(() => site.close());

  const held = async (): Promise<ReviewItem | undefined> => {
    const filter = { tenant: 'default', state: 'open', stage: 'mapping', code: 'code-unmapped', limit: 1 } as const;
    for (let waited = 0; waited < 10_000; waited += 50) {
      const [item] = await listReview(site.app.store.db, filter);
      if (item) return item;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return undefined;
  };
  const arrived = async () => {
    const found = () =>
      site.hospital.resources('Observation').filter((one) => JSON.stringify(one).includes('catheter-kink'));
    for (let waited = 0; waited < 10_000 && found().length === 0; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return found();
  };

  it('says which code the table lacks, with every code that it could mean', async () => {
    const item = await held();
    const [mappable, ...others] = await mappableCodes(site.app, item as ReviewItem);
    expect(others).toEqual([]);
    expect(mappable).toMatchObject({
      conceptMap: 'https://w3id.org/itb-fhir/ConceptMap/source-complication',
      system: 'https://w3id.org/itb-fhir/sid/complication',
      code: 'KNOTTED-TUBE',
      display: 'knotted tube',
    });
    expect(mappable?.targets).toContainEqual({ ...target, display: 'Catheter kink' });
    expect(mappable?.targets.every(({ system }) => system === target.system)).toBe(true);
  });

  it('goes to the hospital when the code is in the table of the site and it is tried again', async () => {
    const item = (await held()) as ReviewItem;
    const [code] = await mappableCodes(site.app, item);
    const row = { ...code, target, equivalence: 'equivalent', reason: 'asked the ward' } as const;
    const added = await addSiteCode(site.app, decider, row as Parameters<typeof addSiteCode>[2]);
    expect(added).toEqual({ outcome: 'done', says: 'The code is in the table of this site now.' });
    expect(await addSiteCode(site.app, decider, row as Parameters<typeof addSiteCode>[2])).toEqual({
      outcome: 'nothing-to-retry',
      says: 'This code is in the table already: retry the item.',
    });
    expect(await retryItem(site.app, decider, item.id)).toMatchObject({ outcome: 'done' });
    expect(await arrived()).toHaveLength(1);
    const path = join(site.folder, '.itb-fhir', 'mappings', 'conceptmaps', 'source-complication.json');
    const { group } = JSON.parse(await readFile(path, 'utf8'));
    expect(group[0].element).toEqual([
      {
        ...{ code: 'KNOTTED-TUBE', display: 'knotted tube' },
        target: [
          {
            code: 'catheter-kink',
            equivalence: 'equivalent',
            comment: expect.stringContaining('asked the ward (a mapper, '),
          },
        ],
      },
    ]);
  });
});
