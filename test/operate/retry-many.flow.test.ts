import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { retriedInWords, retryMany } from '../../src/operate/retry-many.ts';
import { listReview } from '../../src/review/list.ts';
import { openReview } from '../../src/review/review.ts';
import { refill } from '../http/sample-events.ts';
import { startTestService } from '../http/test-service.ts';
import { complicationNote } from '../views/admin/review-site.ts';

const decider = { tenant: 'default', actor: 'a test' };
const open = { tenant: 'default', state: 'open' } as const;

async function serving() {
  const service = await startTestService();
  onTestFinished(() => service.close());
  const send = async (code: string, document: string) => {
    const body = complicationNote('MRN-1', { code, display: 'x', document });
    const headers = { 'content-type': 'x-application/hl7-v2+er7' };
    return (await fetch(`${service.url}/hl7v2`, { method: 'POST', headers, body })).text();
  };
  const codes = async () =>
    (await listReview(service.app.store.db, { ...open, limit: 50 })).map((item) => item.problem.code);
  return { service, app: service.app, send, codes };
}

/** As somebody edits a table of the site by hand. */
function mapped(overlayDir: string, code: string): void {
  const url = 'https://w3id.org/itb-fhir/ConceptMap/source-complication';
  const element = [{ code, target: [{ code: 'catheter-kink', equivalence: 'equivalent' }] }];
  const [source, target] = [
    'https://w3id.org/itb-fhir/sid/complication',
    'https://w3id.org/itb-fhir/CodeSystem/itb-complication',
  ];
  const map = { resourceType: 'ConceptMap', id: 'source-complication', url, group: [{ source, target, element }] };
  mkdirSync(join(overlayDir, 'conceptmaps'), { recursive: true });
  writeFileSync(join(overlayDir, 'conceptmaps', 'source-complication.json'), JSON.stringify(map));
}

describe('trying many items again', () => {
  it('takes messages whose code was added to the table, and leaves open what is refused again', async () => {
    const { app, send, codes } = await serving();
    for (const [code, document] of [
      ['bent', 'D1'],
      ['bent', 'D2'],
      ['odd', 'D3'],
    ] as const) {
      expect(await send(code, document)).toContain('MSA|AE');
    }
    expect(await codes()).toEqual(['code-unmapped', 'code-unmapped', 'code-unmapped']);
    mapped(app.config.mappingsOverlayDir, 'BENT');
    const told: number[] = [];
    const retried = await retryMany(
      app,
      decider,
      { ...open, code: 'code-unmapped' },
      { tell: ({ tried }) => told.push(tried) },
    );
    expect(retried).toEqual({ tried: 3, done: 2, refusedAgain: 1, notTried: 0 });
    expect(told).toEqual([3]);
    expect(await codes()).toEqual(['code-unmapped']);
    expect(await app.store.db.selectFrom('event').select('type').execute()).toEqual([
      { type: 'complication' },
      { type: 'complication' },
    ]);
    expect(retriedInWords(retried)).toBe('3 tried again: 2 went through, 1 were refused again.');
    // The same message again is known by its name; under another one its event is a duplicate.
    expect(await send('bent', 'D1')).toContain('MSA|A');
    expect(await app.store.db.selectFrom('event').select('type').execute()).toHaveLength(2);
  });

  it('stops where it is told to, and says where to go on', async () => {
    const { app, service } = await serving();
    for (const id of ['A', 'B', 'C']) await service.post({ ...refill(id), fil: 1 });
    const first = await retryMany(app, decider, open, { most: 2 });
    expect(first).toMatchObject({ tried: 2, refusedAgain: 2, goesOnAfter: 2 });
    expect(retriedInWords(first)).toBe(
      '2 tried again: 0 went through, 2 were refused again. More are left: do it once more.',
    );
    expect(await retryMany(app, decider, open, { afterId: first.goesOnAfter ?? 0 })).toMatchObject({ tried: 1 });
  });

  it('leaves alone what is a decision about a hospital', async () => {
    const { app, codes } = await serving();
    await app.store.transaction((trx) =>
      openReview(trx, {
        ...{ tenant: 'default', environment: 'test', destination: 'hospital', stage: 'sync', effect: 'remark' },
        dedupeKey: 'sync|hospital|x',
        problem: problem('changed-at-destination', 'it was changed there'),
      }),
    );
    const retried = await retryMany(app, decider, open);
    expect(retriedInWords(retried)).toBe(
      '1 tried again: 0 went through, 0 were refused again, 1 have to be decided singly.',
    );
    expect(await codes()).toEqual(['changed-at-destination']);
  });
});
