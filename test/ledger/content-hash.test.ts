import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { assessment, correction } from '../contracts/ledger-fixture.ts';

const changed = (event: CanonicalEvent, changes: object): CanonicalEvent =>
  ({ ...event, ...changes }) as CanonicalEvent;

describe('content hash', () => {
  const event = assessment('E1', 'MRN1');

  it('is SHA-256 in hex', () => {
    expect(contentHash(event)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on the order of fields', () => {
    const reversed = Object.fromEntries(Object.entries(event).toReversed()) as CanonicalEvent;
    expect(contentHash(reversed)).toBe(contentHash(event));
  });

  it.each([
    ['when it was recorded', { recordedAt: '2024-06-25T12:00:00Z' }],
    ['the own fields of the sender', { extra: { note: 'x' } }],
    ['the version of the contract', { schemaVersion: 2 }],
  ])('does not depend on %s', (_, changes) => {
    expect(contentHash(changed(event, changes))).toBe(contentHash(event));
  });

  it.each([
    ['the value', { value: 4 }],
    ['the time of the event', { occurredAt: '2024-06-25T10:00:01-04:00' }],
    ['the patient', { patient: { identifier: { system: 'urn:x', value: 'MRN2' } } }],
    ['that it is a test', { test: true }],
  ])('depends on %s', (_, changes) => {
    expect(contentHash(changed(event, changes))).not.toBe(contentHash(event));
  });

  it('looks into a correction the same way', () => {
    const amendment = correction('C1', 'MRN1', 'E1') as Extract<CanonicalEvent, { type: 'correction' }>;
    const withExtra = changed(amendment, { event: { ...amendment.event, extra: { note: 'x' } } });
    const withValue = changed(amendment, { event: { ...amendment.event, value: 1 } });
    expect(contentHash(withExtra)).toBe(contentHash(amendment));
    expect(contentHash(withValue)).not.toBe(contentHash(amendment));
  });
});
