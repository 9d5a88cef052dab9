import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProblemCode, problem } from '../../src/event/problem.ts';
import { patientsOf } from '../../src/ledger/patients.ts';
import { dismissItem, retryItem } from '../../src/operate/review-decision.ts';
import { listReview } from '../../src/review/list.ts';
import { openReview } from '../../src/review/review.ts';
import { linksOf, type Pending, savePending } from '../../src/sync/links.ts';
import { refill } from '../http/sample-events.ts';
import { startTestService } from '../http/test-service.ts';

const decider = { tenant: 'default', actor: 'a test' };
const owner = { tenant: 'default', destination: 'hospital' };

/** A ledger with one patient, who is parked at a hospital for this reason. */
async function parkedFor(code: ProblemCode, about: 'patient' | 'destination' = 'patient') {
  const service = await startTestService();
  onTestFinished(() => service.close());
  await service.post(refill('RD-1'));
  const { app } = service;
  const [patient] = await Array.fromAsync(patientsOf(app.store.db, 'default', 'test'));
  const patientId = patient?.patientId ?? '';
  const ticket = {
    ...{ ...owner, patient_id: patientId, wanted_revision: 1, done_revision: 1, due_at: null, parked: 1, attempts: 3 },
    ...{ lease_until: null, lease_token: 1, lease_owner: null, interrupted: 0, last_problem: null, updated_at: 0 },
  };
  await app.store.db.insertInto('ticket').values(ticket).execute();
  const open = () =>
    app.store.transaction((trx) =>
      openReview(trx, {
        ...{ tenant: 'default', environment: 'test', destination: 'hospital', stage: 'sync', effect: 'remark' },
        ...(about === 'patient' && { patientId }),
        dedupeKey: `sync|hospital|${code}`,
        problem: problem(code, 'something is there'),
      }),
    );
  await open();
  const items = (state: 'open' | 'closed' = 'open') =>
    listReview(app.store.db, { tenant: 'default', state, limit: 10 });
  const [item] = await items();
  const standing = () =>
    app.store.db.selectFrom('ticket').select(['parked', 'due_at', 'attempts']).executeTakeFirstOrThrow();
  return { app, patientId, open, items, id: item?.id ?? 0, standing };
}

describe('retry', () => {
  it('of a patient who is parked makes them due at once, with attempts counted anew', async () => {
    const { app, id, standing } = await parkedFor('patient-not-found');
    expect(await retryItem(app, decider, id)).toEqual({ outcome: 'done', says: 'The patient is sent again there.' });
    expect(await standing()).toEqual({ parked: 0, due_at: expect.any(Number), attempts: 0 });
  });

  it('of what concerns a destination as a whole has nothing to send', async () => {
    const { app, id, standing } = await parkedFor('destination-changed', 'destination');
    expect(await retryItem(app, decider, id)).toMatchObject({ outcome: 'nothing-to-retry' });
    expect((await standing()).parked).toBe(1);
  });

  it('of another tenant finds nothing', async () => {
    const { app, id } = await parkedFor('patient-not-found');
    expect(await retryItem(app, { ...decider, tenant: 'other' }, id)).toEqual({
      outcome: 'not-found',
      says: 'There is no item with this number.',
    });
  });
});

describe('dismiss', () => {
  it('of a plain finding leaves the patient parked, and the same finding stays closed', async () => {
    const { app, id, items, open, standing } = await parkedFor('patient-not-found');
    await dismissItem(app, decider, id, 'moved away');
    await open();
    expect(await items()).toEqual([]);
    expect((await items('closed')).map(({ resolution }) => resolution)).toEqual(['dismissed']);
    expect((await standing()).parked).toBe(1);
  });

  it('of what concerns a destination as a whole closes it until it is true again', async () => {
    const { app, id, items, open } = await parkedFor('destination-changed', 'destination');
    await dismissItem(app, decider, id, 'looked at');
    expect(await items()).toEqual([]);
    await open();
    expect((await items()).map(({ problem: { code } }) => code)).toEqual(['destination-changed']);
  });
});

describe('what nobody knows whether it is there', () => {
  const pending: Pending = { identity: 'one', resourceType: 'Observation', state: 'unresolved', sent: [], sinceMs: 0 };

  it.each([
    ['retry', [], 'It is sent again.'],
    ['dismiss', ['left'], 'It counts as settled: it is not sent again.'],
  ] as const)('is after %s %j', async (decision, states, says) => {
    const { app, patientId, id, items, standing } = await parkedFor('send-unresolved');
    await app.store.transaction((trx) => savePending(trx, owner, patientId, [pending]));
    const decided = decision === 'retry' ? retryItem(app, decider, id) : dismissItem(app, decider, id, 'it is there');
    expect(await decided).toEqual({ outcome: 'done', says });
    const remembered = await linksOf(app.store.db, owner, [patientId]);
    expect(remembered.pending.map(({ state }) => state)).toEqual(states);
    expect((await standing()).parked).toBe(0);
    // Decided, it may be found again at another resource.
    if (decision === 'dismiss')
      expect((await items('closed')).map(({ resolution }) => resolution)).toEqual(['resolved']);
  });
});
