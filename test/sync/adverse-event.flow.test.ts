import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { openAdapter, openReviewOf, report, settle } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { recording } from '../flow/faults.ts';
import { admit, type Hospital, ofDeployment, openHospital } from '../flow/hospital.ts';

let hospital: Hospital;
let app: App;

beforeAll(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['A', 'B']);
});
afterAll(() => hospital.sandbox.close());
beforeEach(async () => {
  app = await openAdapter({ hospital });
  return () => app.close();
});

const a = clinicOf('A');
const adverseEvents = () =>
  ofDeployment(hospital.sandbox.resources('AdverseEvent'), app.identifierSystem).map(({ resource }) => resource);
const syncReview = async () => (await openReviewOf(app)).filter((item) => item.startsWith('sync '));
const settled = async (...events: Parameters<typeof report>[1][]) => {
  await report(app, ...events);
  await settle(app);
};

describe('an adverse event at the hospital', () => {
  it('is there once, found again by its tag after the adapter forgot it', async () => {
    await settled(a.implant('i', 0, 100), a.complication('k', 5));
    expect(adverseEvents()).toHaveLength(1);
    await app.store.db
      .updateTable('link')
      .set({ state: 'pending' })
      .where('resource_type', '=', 'AdverseEvent')
      .execute();
    const { app: observed, requests } = recording(app);
    await report(app, a.doseChange('d', 10, 120));
    await settle(observed);
    expect(requests).toContain('GET AdverseEvent');
    expect(adverseEvents()).toHaveLength(1);
    expect(await syncReview()).toEqual([]);
  });

  it('whose complication is corrected says what the correction says', async () => {
    await settled(a.implant('i', 0, 100), a.complication('k', 5));
    const { type, code, pump } = a.complication('k', 5) as Record<string, unknown>;
    const { occurredAt } = a.complication('k', 5);
    const event = { type, code, pump, occurredAt, severity: 'severe' };
    await settled({
      ...a.void('c', 'k', 6),
      type: 'correction',
      voids: undefined,
      reason: 'read again',
      replaces: 'A-k',
      event,
    });
    expect(adverseEvents()).toMatchObject([{ severity: { coding: [{ code: 'severe' }] } }]);
  });

  it('that is withdrawn stays for a human to remove, who is told until it is gone', async () => {
    await settled(a.implant('i', 0, 100), a.complication('k', 5));
    await settled(a.void('v', 'k', 6));
    const [left] = adverseEvents();
    expect(left).toBeDefined();
    expect(await syncReview()).toEqual([expect.stringContaining('manual-removal-needed')]);

    await settled(a.doseChange('d', 10, 120));
    expect(await syncReview()).toHaveLength(1);

    expect(await hospital.staff('DELETE', `AdverseEvent/${left?.id}`)).toBeLessThan(300);
    await settled(a.doseChange('e', 11, 130));
    expect(await syncReview()).toEqual([]);
    expect(adverseEvents()).toEqual([]);
  });

  it('that was withdrawn by mistake is the same one again, and nobody is asked any more', async () => {
    await settled(a.implant('i', 0, 100), a.complication('k', 5));
    const before = adverseEvents().map(({ id }) => id);
    await settled(a.void('v', 'k', 6));
    await settled(a.void('w', 'v', 7));
    expect(adverseEvents().map(({ id }) => id)).toEqual(before);
    expect(await syncReview()).toEqual([]);
  });

  it('that was withdrawn is not voided by a request that R4 does not know', async () => {
    await settled(a.implant('i', 0, 100), a.complication('k', 5));
    await settled(a.void('v', 'k', 6));
    expect(adverseEvents().some((resource) => 'status' in resource)).toBe(false);
    expect(hospital.sandbox.history('AdverseEvent', adverseEvents()[0]?.id as string)).toHaveLength(1);
  });
});
