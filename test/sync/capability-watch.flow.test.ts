import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Problem, problem } from '../../src/event/problem.ts';
import { databaseNowMs } from '../../src/store/database-clock.ts';
import { readState, readStatementText, saveState } from '../../src/store/destination-state.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import {
  capabilitiesOf,
  fetchCapabilities,
  type Known,
  storedCapabilities,
  type Watched,
} from '../../src/sync/capability-watch.ts';
import { fact } from '../../src/sync/facts.ts';
import type { Reaction } from '../../src/sync/failure.ts';
import type { Answer, FhirRequest } from '../../src/sync/fhir-client.ts';
import { statementOf } from './capability-statements.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const key = { tenant: 'default', destination: 'hospital' };

let store: Store;
let requests: FhirRequest[];
let told: Problem[];

beforeEach(async () => {
  store = await openStore('sqlite::memory:');
  requests = [];
  told = [];
});
afterEach(() => store.close());

const answering = (body: unknown, status = 200): Answer => ({ kind: 'answered', status, body });
const down: Answer = { kind: 'unknown', problem: problem('destination-unavailable', 'no answer') };

/** A process that watches the hospital, which answers one after the other. */
function watching(...answers: Answer[]): Watched {
  const client = {
    send: async (request: FhirRequest): Promise<Answer> => {
      requests.push(request);
      const answer = answers.shift();
      if (!answer) throw new Error('nobody expects another request');
      return answer;
    },
  };
  const whenChanged = async (_: unknown, changed: Problem) => {
    told.push(changed);
  };
  return { db: store.db, client, destination: { tenant: 'default', name: 'hospital' }, facts: [], whenChanged };
}

/** Another process with the same store: it remembers nothing. */
const restarted = (...answers: Answer[]) => watching(...answers);

async function age(ms: number): Promise<void> {
  await saveState(store.db, key, { fetched_at: (await databaseNowMs(store.db)) - ms });
}

function known(result: Known | Reaction): Known {
  if ('kind' in result) throw new Error(result.problem.message);
  return result;
}

const epic = () => answering(statementOf('epic'));
const hapi = () => answering(statementOf('hapi'));

describe('what a destination can do', () => {
  it('is asked once, and remembered for a day by every process', async () => {
    const first = watching(epic());
    const { capabilities, changed, stale } = known(await capabilitiesOf(first, 'as-due'));
    expect([capabilities.statement.software, changed, stale]).toEqual(['Epic May 2026', false, undefined]);
    expect(requests).toEqual([{ method: 'GET', path: 'metadata' }]);
    expect(known(await capabilitiesOf(first, 'as-due')).capabilities).toEqual(capabilities);
    await age(dayMs - minuteMs);
    const other = known(await capabilitiesOf(restarted(), 'as-due')).capabilities;
    expect({ ...other, statement: { ...other.statement, fetchedAtMs: capabilities.statement.fetchedAtMs } }).toEqual(
      capabilities,
    );
    expect(requests).toHaveLength(1);
  });

  it('is stored as it was sent, with the hash of what is read of it', async () => {
    const { capabilities } = known(await capabilitiesOf(watching(epic()), 'as-due'));
    expect(JSON.parse((await readStatementText(store.db, key)) ?? '')).toEqual(statementOf('epic'));
    expect(await readState(store.db, key)).toMatchObject({
      statement_hash: capabilities.statement.hash,
      fetched_at: capabilities.statement.fetchedAtMs,
      paused_until: null,
    });
  });

  it('is asked again after a day, without a word when it is the same', async () => {
    await capabilitiesOf(watching(epic()), 'as-due');
    await age(dayMs);
    const again = known(
      await capabilitiesOf(restarted(answering({ ...statementOf('epic'), date: '2027-01-01' })), 'as-due'),
    );
    expect([again.changed, told]).toEqual([false, []]);
    expect(await databaseNowMs(store.db)).toBeLessThan(again.capabilities.statement.fetchedAtMs + minuteMs);
    expect(requests).toHaveLength(2);
  });

  it('is told when it is another, in the transaction that stores it', async () => {
    await capabilitiesOf(watching(epic()), 'as-due');
    await age(dayMs);
    const again = known(await capabilitiesOf(restarted(hapi()), 'as-due'));
    expect([again.changed, again.capabilities.transaction]).toEqual([true, true]);
    expect(told).toEqual([
      {
        code: 'destination-changed',
        severity: 'warning',
        message: 'the destination states that it can do something else than before',
        remedy: 'Look at `itb-fhir doctor`: what the destination can hold has changed.',
      },
    ]);
    expect(known(await capabilitiesOf(restarted(), 'as-due')).changed).toBe(false);
  });

  it('is not stored as another before everybody is owed again', async () => {
    await capabilitiesOf(watching(epic()), 'as-due');
    await age(dayMs);
    const dying: Watched = { ...restarted(hapi()), whenChanged: () => Promise.reject(new Error('the process ends')) };
    await expect(capabilitiesOf(dying, 'as-due')).rejects.toThrow('the process ends');
    expect(known(await capabilitiesOf(restarted(hapi()), 'as-due')).changed).toBe(true);
    expect(told).toHaveLength(1);
  });

  it('is asked again at a surprise, but not at each of a series', async () => {
    const first = watching(epic(), hapi());
    await capabilitiesOf(first, 'as-due');
    expect(known(await capabilitiesOf(first, 'surprised')).changed).toBe(false);
    expect(requests).toHaveLength(1);
    await age(11 * minuteMs);
    const later = restarted(hapi());
    expect(known(await capabilitiesOf(later, 'surprised')).changed).toBe(true);
    expect(known(await capabilitiesOf(later, 'surprised')).changed).toBe(false);
    expect(requests).toHaveLength(2);
  });

  it('is not asked for a surprise of ten minutes after the last statement', async () => {
    await capabilitiesOf(watching(epic()), 'as-due');
    await age(9 * minuteMs);
    expect(known(await capabilitiesOf(restarted(), 'surprised')).capabilities.statement.software).toBe('Epic May 2026');
  });

  it('is asked once by runs that start together', async () => {
    const first = watching(epic());
    const both = await Promise.all([capabilitiesOf(first, 'as-due'), capabilitiesOf(first, 'as-due')]);
    expect(both.map((one) => known(one).capabilities.statement.software)).toEqual(['Epic May 2026', 'Epic May 2026']);
    expect(requests).toHaveLength(1);
  });

  it('takes in what another process fetched', async () => {
    const first = watching(epic());
    await capabilitiesOf(first, 'as-due');
    await age(dayMs);
    await capabilitiesOf(restarted(hapi()), 'as-due');
    expect(known(await capabilitiesOf(first, 'as-due')).capabilities.transaction).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it('counts the facts of the site', async () => {
    const facts = [fact.parse({ about: 'server', property: 'maxEntries', value: 7, source: 'site', verified: true })];
    await capabilitiesOf({ ...watching(epic()), facts }, 'as-due');
    const other = { ...restarted(), facts };
    expect((await storedCapabilities(other))?.maxEntries).toBe(7);
  });
});

describe('a destination that does not show its statement', () => {
  it.each<[string, Answer]>([
    ['does not answer', down],
    ['answers an error', answering('<html>busy</html>', 503)],
    ['answers something else', answering('<html>welcome</html>')],
    ['has no such page', answering(undefined, 404)],
  ])('keeps the last one when it %s, and says that it is old', async (_, answer) => {
    const { capabilities } = known(await capabilitiesOf(watching(epic()), 'as-due'));
    await age(2 * dayMs);
    const later = restarted(answer);
    const kept = known(await capabilitiesOf(later, 'as-due'));
    expect(kept.capabilities.statement.hash).toBe(capabilities.statement.hash);
    expect(kept.capabilities.statement.fetchedAtMs).toBeLessThan(capabilities.statement.fetchedAtMs - dayMs);
    expect(kept.changed).toBe(false);
    expect(kept.stale?.code).toMatch(/^(destination-unavailable|capability-missing)$/);
    expect(known(await capabilitiesOf(later, 'as-due')).stale).toEqual(kept.stale);
    expect(requests).toHaveLength(2);
  });

  it('is tried again by the next run when nothing is known yet', async () => {
    const first = watching(down, answering(undefined, 429), epic());
    expect(await capabilitiesOf(first, 'as-due')).toMatchObject({ kind: 'retry' });
    expect(await capabilitiesOf(first, 'as-due')).toMatchObject({ kind: 'retry' });
    expect(await storedCapabilities(first)).toBeUndefined();
    const { changed, stale } = known(await capabilitiesOf(first, 'as-due'));
    expect([changed, stale]).toEqual([false, undefined]);
  });

  it.each<[string, Answer, string]>([
    ['no such page', answering(undefined, 404), 'capability-missing'],
    ['a bad request', answering(undefined, 400), 'capability-missing'],
    ['a page of HTML', answering('<html></html>'), 'capability-missing'],
    ['another version', answering({ ...statementOf('epic'), fhirVersion: '3.0.2' }), 'capability-missing'],
    ['that we may not', answering(undefined, 403), 'destination-forbidden'],
  ])('needs a human when nothing is known and it answers %s', async (_, answer, code) => {
    expect(await capabilitiesOf(watching(answer), 'as-due')).toMatchObject({ kind: 'terminal', problem: { code } });
  });
});

describe('asking without a store', () => {
  it('gives the statement as sent and what it means', async () => {
    const fetched = await fetchCapabilities(watching(epic()).client, [], 1_000);
    if ('kind' in fetched) throw new Error(fetched.problem.message);
    expect(fetched.statement).toEqual(statementOf('epic'));
    expect(fetched.capabilities.statement.fetchedAtMs).toBe(1_000);
    expect(await readState(store.db, key)).toBeUndefined();
  });
});
