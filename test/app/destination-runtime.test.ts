import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fixedKeys } from '../../src/auth/key-ring.ts';
import type { ConfiguredDestination } from '../../src/config-destination.ts';
import { type DestinationRuntime, destinationRuntime, settingsFingerprint } from '../../src/destination-runtime.ts';
import type { Fact } from '../../src/sync/facts.ts';

const mappingsDir = join(import.meta.dirname, '..', '..', 'mappings');

const stated: ConfiguredDestination = {
  ...{ tenant: 'default', environment: 'test', name: 'hospital', fhirBaseUrl: 'https://h.test/fhir' },
  ...{ clientId: 'adapter', scopes: ['system/*.crus'], patientIdentifierSystems: { a: 'b' }, patientSearch: 'post' },
  ...{ maxEntries: 200, requestTimeoutMs: 5_000, concurrency: 4, maxAnswerBytes: 1_000, release: 'manual' },
  breaker: { failures: 5, firstWaitMs: 1_000, longestWaitMs: 1_000 },
  ...{ tls: {}, allowAddresses: [] },
};
const known = { about: 'server', source: 'test', verified: true } as const;
const bears = (property: 'requestsPerSecond' | 'concurrency', value: number): Fact => ({ ...known, property, value });

function opened(over: Partial<ConfiguredDestination>): DestinationRuntime {
  return destinationRuntime({ ...stated, ...over }, { keys: fixedKeys([]), mappingsDir });
}

/** When so many requests passed that came at once, in milliseconds from then. */
async function times({ gate }: DestinationRuntime, requests: number): Promise<number[]> {
  const passed: number[] = [];
  const started = performance.now();
  const send = async () => passed.push(Math.round(performance.now() - started));
  const all = Array.from({ length: requests }, () => gate.pass(send, () => false));
  await vi.advanceTimersByTimeAsync(10_000);
  await Promise.all(all);
  return passed;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the pace of a destination', () => {
  it('is its own where neither site nor preset limits it', async () => {
    const one = opened({});
    expect([one.gate.room(), one.gate.longestQueueMs()]).toEqual([4, 0]);
    expect(await times(one, 50)).toEqual(Array(50).fill(0));
  });

  it.each<[string, Partial<ConfiguredDestination>]>([
    ['the site asks for it', { throttle: { requestsPerSecond: 20, burst: 1 } }],
    ['the server is known to bear no more', { facts: [bears('requestsPerSecond', 20)] }],
    [
      'the site asks for less than the server bears',
      { throttle: { requestsPerSecond: 20, burst: 1 }, facts: [bears('requestsPerSecond', 1_000)] },
    ],
    [
      'the server bears less than the site asks for',
      { throttle: { requestsPerSecond: 1_000, burst: 1 }, facts: [bears('requestsPerSecond', 20)] },
    ],
    [
      'the site corrects what the preset says',
      { facts: [bears('requestsPerSecond', 1_000), bears('requestsPerSecond', 20)] },
    ],
  ])('is slow where %s', async (_why, over) => {
    const one = opened(over);
    expect(one.gate.longestQueueMs()).toBe(5_000);
    expect(await times(one, 3)).toEqual([0, 50, 100]);
  });

  it('never makes a run wait for its turn longer than ten seconds', () => {
    const throttle = { requestsPerSecond: 1, burst: 1 };
    expect(opened({ throttle, requestTimeoutMs: 30_000 }).gate.longestQueueMs()).toBe(10_000);
  });

  it('has as many runs at a time as both allow', () => {
    expect(opened({ facts: [bears('concurrency', 2)] }).gate.room()).toBe(2);
    expect(opened({ facts: [bears('concurrency', 64)] }).gate.room()).toBe(4);
  });
});

describe('a preset', () => {
  it.each(['epic', 'oracle-health', 'meditech', 'athenahealth'])('keeps the pace of %s low by itself', (preset) => {
    const one = opened({ preset });
    expect(one.facts.length).toBeGreaterThan(0);
    expect([one.gate.room(), one.gate.longestQueueMs()]).toEqual([1, 5_000]);
  });
});

describe('the interface engine', () => {
  it('is there where one is configured', () => {
    expect(opened({}).engine).toBeUndefined();
    const hl7v2 = {
      transport: { kind: 'http' as const, url: 'https://engine.h.test/' },
      ...{ sendingApplication: 'A', sendingFacility: 'B', receivingApplication: 'C', receivingFacility: 'D' },
      ...{ version: '2.5.1' as const, assigningAuthorities: {} },
    };
    expect(opened({ projection: { hl7v2 } }).engine).toBeDefined();
  });
});

describe('the fingerprint of the settings', () => {
  const of = (over: Partial<ConfiguredDestination>) => settingsFingerprint(opened(over));

  it('is the same for settings in another order', () => {
    const systems = { patientIdentifierSystems: { a: 'b', c: 'd' } };
    expect(of(systems)).toBe(of({ patientIdentifierSystems: { c: 'd', a: 'b' } }));
  });

  it.each<[string, Partial<ConfiguredDestination>]>([
    ['facts', { facts: [bears('concurrency', 2)] }],
    ['the preset', { preset: 'epic' }],
    ['the projection', { projection: { pdf: true } }],
    ['the scopes', { scopes: ['system/*.rs'] }],
    ['the identifier systems', { patientIdentifierSystems: { a: 'c' } }],
    ['the address', { fhirBaseUrl: 'https://other.test/fhir' }],
  ])('changes with %s', (_what, over) => {
    expect(of(over)).not.toBe(of({}));
  });

  it.each<[string, Partial<ConfiguredDestination>]>([
    ['its pace', { throttle: { requestsPerSecond: 1, burst: 1 } }],
    ['its time limit', { requestTimeoutMs: 1_000 }],
    ['its client id', { clientId: 'other' }],
  ])('does not change with %s', (_what, over) => {
    expect(of(over)).toBe(of({}));
  });
});
