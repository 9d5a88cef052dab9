import { describe, expect, it } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { reactionTo } from '../../src/sync/failure.ts';
import type { Answer } from '../../src/sync/fhir-client.ts';

const status = (code: number, retryAfterMs?: number): Answer => ({
  kind: 'answered',
  status: code,
  body: undefined,
  retryAfterMs,
});
const unavailable = problem('destination-unavailable', 'no connection');

describe('the failure table', () => {
  it.each([
    [400, 'conflict', 'destination-refused'],
    [401, 'terminal', 'destination-unauthorized'],
    [403, 'terminal', 'destination-forbidden'],
    [404, 'conflict', 'destination-refused'],
    [405, 'terminal', 'destination-refused'],
    [406, 'terminal', 'destination-refused'],
    [408, 'retry', 'destination-unavailable'],
    [409, 'conflict', 'destination-conflict'],
    [410, 'conflict', 'destination-refused'],
    [412, 'conflict', 'destination-conflict'],
    [413, 'terminal', 'destination-refused'],
    [415, 'terminal', 'destination-refused'],
    [422, 'terminal', 'destination-refused'],
    [425, 'retry', 'destination-unavailable'],
    [429, 'retry', 'destination-unavailable'],
    [500, 'retry', 'destination-unavailable'],
    [502, 'retry', 'destination-unavailable'],
    [503, 'retry', 'destination-unavailable'],
    [504, 'retry', 'destination-unavailable'],
  ])('%i is %s: %s', (code, kind, problemCode) => {
    expect(reactionTo(status(code), 'writing')).toMatchObject({ kind, problem: { code: problemCode } });
  });

  it('keeps the time that the server states', () => {
    expect(reactionTo(status(429, 60_000), 'writing')).toMatchObject({ kind: 'retry', retryAfterMs: 60_000 });
  });

  it('takes a lost answer for unknown when writing, and for a retry when reading', () => {
    const lost: Answer = { kind: 'unknown', problem: unavailable };
    expect(reactionTo(lost, 'writing').kind).toBe('unknown');
    expect(reactionTo(lost, 'reading').kind).toBe('retry');
  });

  it('retries what was not sent, when the token server says, unless that one refused us', () => {
    const unsent: Answer = { kind: 'not-sent', problem: unavailable, retryAfterMs: 5_000 };
    expect(reactionTo(unsent, 'writing')).toEqual({ kind: 'retry', problem: unavailable, retryAfterMs: 5_000 });
    const unauthorized = problem('destination-unauthorized', 'the key is not known');
    expect(reactionTo({ kind: 'not-sent', problem: unauthorized }, 'writing').kind).toBe('terminal');
  });

  it('says the status and nothing of what the server wrote', () => {
    const answer: Answer = { kind: 'answered', status: 422, body: { issue: [{ diagnostics: 'Jane Doe MRN0001' }] } };
    expect(JSON.stringify(reactionTo(answer, 'writing'))).not.toContain('Jane');
  });
});
