import { describe, expect, it } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import { hearing } from '../../src/heard.ts';
import type { Answer } from '../../src/sync/fhir-client.ts';

const answered = (status: number): Answer => ({ kind: 'answered', status, body: {} });
const noAnswer: Answer = { kind: 'unknown', problem: problem('destination-unavailable', 'no answer') };
const noToken: Answer = { kind: 'not-sent', problem: problem('destination-unauthorized', 'no token') };

/** A hearing whose clock the test sets. */
function at(startMs: number) {
  let now = startMs;
  const ears = hearing(() => now);
  return { ears, pass: (ms: number) => (now += ms) };
}

describe('what was heard of a destination', () => {
  it('is when it last answered', () => {
    const { ears, pass } = at(1_000);
    ears.note(answered(200));
    pass(500);
    ears.note(answered(404));
    expect(ears.news('now-and-then')).toEqual({ answeredAtMs: 1_500 });
  });

  it.each([
    [answered(401), 'destination-unauthorized', 'the destination answered 401'],
    [answered(403), 'destination-forbidden', 'the destination answered 403'],
    [answered(429), 'destination-unavailable', 'the destination answered 429'],
    [answered(500), 'destination-unavailable', 'the destination answered 500'],
    [noAnswer, 'destination-unavailable', 'no answer'],
    [noToken, 'destination-unauthorized', 'no token'],
  ])('is what troubles it as a whole', (answer, code, message) => {
    const { ears } = at(1_000);
    ears.note(answer);
    const news = ears.news('now-and-then');
    expect(news?.problem).toMatchObject({ code, message });
    expect(news?.problemAtMs).toBe(1_000);
    expect(news?.answeredAtMs).toBe(answer.kind === 'answered' ? 1_000 : undefined);
  });

  it.each([200, 400, 404, 409, 412, 422])('is no trouble where it says something of one resource: %i', (status) => {
    const { ears } = at(1_000);
    ears.note(answered(status));
    expect(ears.news('now-and-then')).toEqual({ answeredAtMs: 1_000 });
  });

  it('keeps the last trouble beside a later answer', () => {
    const { ears, pass } = at(1_000);
    ears.note(noAnswer);
    pass(10);
    ears.note(answered(200));
    expect(ears.news('now-and-then')).toMatchObject({ answeredAtMs: 1_010, problemAtMs: 1_000 });
  });

  it('is written down once, and every five seconds at most, but at the end', () => {
    const { ears, pass } = at(1_000);
    expect(ears.news('at-the-end')).toBeUndefined();
    ears.note(answered(200));
    expect(ears.news('now-and-then')).toEqual({ answeredAtMs: 1_000 });
    expect(ears.news('at-the-end')).toBeUndefined();
    pass(4_999);
    ears.note(answered(200));
    expect(ears.news('now-and-then')).toBeUndefined();
    expect(ears.news('at-the-end')).toEqual({ answeredAtMs: 5_999 });
    ears.note(answered(200));
    pass(5_000);
    expect(ears.news('now-and-then')).toEqual({ answeredAtMs: 5_999 });
  });

  it('counts the answers of the last minute, second by second', () => {
    const { ears, pass } = at(0);
    ears.note(answered(200));
    ears.note(answered(500));
    ears.note(noAnswer);
    expect(ears.answersInLastMinute()).toBe(2);
    pass(59_999);
    ears.note(answered(200));
    expect(ears.answersInLastMinute()).toBe(3);
    pass(1);
    expect(ears.answersInLastMinute()).toBe(1);
    ears.note(answered(200));
    expect(ears.answersInLastMinute()).toBe(2);
  });
});
