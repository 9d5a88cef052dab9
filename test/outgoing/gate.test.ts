import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Gate, type GateSettings, gate } from '../../src/outgoing/gate.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

const breaker = { failures: 3, firstWaitMs: 60, longestWaitMs: 100 };
const gateWith = (settings: Partial<GateSettings> = {}) =>
  gate({ breaker, concurrency: 4, longestQueueMs: 1_000, ...settings });

const isDown = (result: unknown) => result === 'down';
const ask = (entrance: Gate, result = 'up') => entrance.pass(async () => result, isDown);
const turnedAway = (code: string, retryAfterMs: number) => ({
  turnedAway: expect.objectContaining({ code }),
  retryAfterMs,
});

/** Asks until the gate has found the destination down as often as it takes to close. */
async function closed(entrance: Gate): Promise<void> {
  for (let n = 0; n < breaker.failures; n++) expect(await ask(entrance, 'down')).toBe('down');
}

describe('a destination that answers', () => {
  it('is asked as often as there is something to ask', async () => {
    const entrance = gateWith();
    expect([entrance.state(), entrance.room(), entrance.opensInMs()]).toEqual(['open', 4, 0]);
    expect(await Promise.all(Array.from({ length: 50 }, () => ask(entrance)))).toEqual(Array(50).fill('up'));
  });

  it('stays open while no three requests in a row find it down', async () => {
    const entrance = gateWith();
    for (const result of ['down', 'down', 'up', 'down', 'down', 'up', 'down', 'down']) await ask(entrance, result);
    expect(entrance.state()).toBe('open');
    await ask(entrance, 'down');
    expect(entrance.state()).toBe('closed');
  });

  it('has room for as many runs as it bears at one time', () => {
    expect(gateWith({ concurrency: 2 }).room()).toBe(2);
  });
});

describe('a destination that is down', () => {
  it('is asked no more after three requests in a row, and says when it is worth coming back', async () => {
    const entrance = gateWith();
    await closed(entrance);
    await pass(25);
    expect([entrance.state(), entrance.room(), entrance.opensInMs()]).toEqual(['closed', 0, 35]);
    let asked = 0;
    expect(await entrance.pass(async () => `asked ${++asked}`, isDown)).toEqual(
      turnedAway('destination-unavailable', 35),
    );
    expect(asked).toBe(0);
  });

  it('is probed by one request alone, and takes everybody again when that succeeds', async () => {
    const entrance = gateWith();
    await closed(entrance);
    await pass(60);
    expect([entrance.state(), entrance.room(), entrance.opensInMs()]).toEqual(['closed', 1, 0]);
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = entrance.pass(() => promise, isDown);
    await pass(5);
    expect([entrance.state(), entrance.room(), entrance.opensInMs()]).toEqual(['probing', 0, 60]);
    expect(await ask(entrance)).toEqual(turnedAway('destination-unavailable', 60));
    resolve('up');
    expect(await probe).toBe('up');
    expect([entrance.state(), entrance.room()]).toEqual(['open', 4]);
    expect(await ask(entrance)).toBe('up');
  });

  it('lets one of two pass that come at the time of the probe', async () => {
    const entrance = gateWith();
    await closed(entrance);
    await pass(60);
    const both = await Promise.all([ask(entrance), ask(entrance)]);
    expect(both).toEqual(['up', turnedAway('destination-unavailable', 60)]);
  });

  it('is probed ever more rarely, up to the longest wait, and at first as before once it was up', async () => {
    const entrance = gateWith({ breaker: { failures: 3, firstWaitMs: 60, longestWaitMs: 200 } });
    await closed(entrance);
    const waits: number[] = [];
    for (let n = 0; n < 4; n++) {
      waits.push(entrance.opensInMs());
      await pass(entrance.opensInMs());
      expect(await ask(entrance, n === 3 ? 'up' : 'down')).toBe(n === 3 ? 'up' : 'down');
    }
    expect(waits).toEqual([60, 120, 200, 200]);
    await closed(entrance);
    expect(entrance.opensInMs()).toBe(60);
  });

  it('lets a bug out as it is', async () => {
    await expect(gateWith().pass(() => Promise.reject(new Error('a bug')), isDown)).rejects.toThrow('a bug');
  });
});

describe('a destination that asks for a pause', () => {
  it('is left in peace for so long by all its patients', async () => {
    const entrance = gateWith();
    entrance.pauseFor(80);
    await pass(10);
    expect([entrance.state(), entrance.room(), entrance.opensInMs()]).toEqual(['paused', 0, 70]);
    expect(await ask(entrance)).toEqual(turnedAway('destination-paused', 70));
    await pass(69);
    expect(entrance.state()).toBe('paused');
    await pass(1);
    expect(await ask(entrance)).toBe('up');
    expect(entrance.state()).toBe('open');
  });

  it('is not hurried by a shorter wait that another answer stated', () => {
    const entrance = gateWith();
    entrance.pauseFor(500);
    entrance.pauseFor(10);
    expect(entrance.opensInMs()).toBe(500);
  });

  it('that is also down is left in peace for the longer of both', async () => {
    const entrance = gateWith();
    await closed(entrance);
    entrance.pauseFor(10);
    expect([entrance.state(), entrance.opensInMs()]).toEqual(['paused', 60]);
    await pass(10);
    expect([entrance.state(), entrance.opensInMs()]).toEqual(['closed', 50]);
  });
});

describe('the pace of a destination', () => {
  /** Asks so many times at once; when each passed, in milliseconds from now. */
  async function times(entrance: Gate, requests: number): Promise<number[]> {
    const started = performance.now();
    const passed: number[] = [];
    const send = async () => passed.push(Math.round(performance.now() - started));
    const all = Array.from({ length: requests }, () => entrance.pass(send, isDown));
    await pass(2_000);
    await Promise.all(all);
    return passed;
  }

  it('lets a burst pass, and then so many a second', async () => {
    const entrance = gateWith({ throttle: { requestsPerSecond: 10, burst: 3 } });
    expect(await times(entrance, 6)).toEqual([0, 0, 0, 100, 200, 300]);
  });

  it('fills the burst again in a silence', async () => {
    const entrance = gateWith({ throttle: { requestsPerSecond: 10, burst: 2 } });
    await times(entrance, 2);
    await pass(200);
    expect(await times(entrance, 3)).toEqual([0, 0, 100]);
  });

  it('may be slower than one a second', async () => {
    const entrance = gateWith({ throttle: { requestsPerSecond: 0.5, burst: 1 }, longestQueueMs: 10_000 });
    expect(await times(entrance, 2)).toEqual([0, 2_000]);
  });

  it('turns away who would wait longer than a lease can spare, and says when to come back', async () => {
    const entrance = gateWith({ throttle: { requestsPerSecond: 10, burst: 1 }, longestQueueMs: 150 });
    expect(entrance.longestQueueMs()).toBe(150);
    const all = Promise.all(Array.from({ length: 4 }, () => ask(entrance)));
    await pass(1_000);
    expect(await all).toEqual([
      'up',
      'up',
      turnedAway('destination-paused', 200),
      turnedAway('destination-paused', 200),
    ]);
    expect(await ask(entrance)).toBe('up');
  });

  it('lets wait who waits exactly as long as a lease can spare', async () => {
    const entrance = gateWith({ throttle: { requestsPerSecond: 10, burst: 1 }, longestQueueMs: 100 });
    expect(await times(entrance, 3)).toEqual([0, 100]);
  });

  it('waits for no turn where there is none', async () => {
    expect(gateWith().longestQueueMs()).toBe(0);
    expect(await times(gateWith(), 50)).toEqual(Array(50).fill(0));
  });

  it('turns away who waited for a turn while the destination went down', async () => {
    const entrance = gateWith({ throttle: { requestsPerSecond: 20, burst: 3 } });
    const first = ['down', 'down', 'down'].map((result) => ask(entrance, result));
    const waiting = ask(entrance);
    await pass(50);
    expect(await Promise.all(first)).toEqual(['down', 'down', 'down']);
    expect(await waiting).toEqual(turnedAway('destination-unavailable', 10));
  });
});
