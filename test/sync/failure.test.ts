import { describe, expect, it } from 'vitest';
import { problem } from '../../src/event/problem.ts';
import {
  isDone,
  isForeign,
  isUnapplied,
  type Purpose,
  type Reaction,
  reactionTo,
  reactionToStatus,
  type VendorCodes,
} from '../../src/sync/failure.ts';
import type { Answer } from '../../src/sync/fhir-client.ts';

const answered = (status: number, body?: unknown, retryAfterMs?: number): Answer => ({
  kind: 'answered',
  status,
  body,
  retryAfterMs,
});
const outcome = (code: string, severity = 'error', vendorCode?: string) => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      severity,
      code,
      diagnostics: 'Jane Doe MRN0001',
      ...(vendorCode && { details: { coding: [{ system: 'urn:vendor', code: vendorCode }], text: 'Jane Doe' } }),
    },
  ],
});
const unavailable = problem('destination-unavailable', 'no connection');

/** What a reaction is, in a line. */
function brief(reaction: Reaction): string {
  const about = reaction.kind === 'terminal' ? ` (${reaction.about})` : '';
  return `${reaction.kind}${about}: ${reaction.problem.code}`;
}

const later = 'retry: destination-unavailable';
const readAgain = 'conflict: destination-refused';
const overtaken = 'conflict: destination-conflict';
const refused = 'terminal (data): destination-refused';
const unauthorized = 'terminal (auth): destination-unauthorized';
const forbidden = 'terminal (auth): destination-forbidden';
const several = 'terminal (identity): identity-ambiguous';

describe('the failure table, by status alone', () => {
  it.each([
    [400, readAgain],
    [401, unauthorized],
    [403, forbidden],
    [404, readAgain],
    [405, refused],
    [406, refused],
    [408, later],
    [409, overtaken],
    [410, readAgain],
    [412, overtaken],
    [413, refused],
    [415, refused],
    [422, refused],
    [423, refused],
    [425, later],
    [429, later],
    [499, refused],
    [500, later],
    [501, later],
    [502, later],
    [503, later],
    [504, later],
    [202, 'queued: destination-unavailable'],
    [304, refused],
  ])('%i is %s', (status, expected) => {
    expect(brief(reactionTo(answered(status), 'writing'))).toBe(expected);
    expect(brief(reactionToStatus({ status }, 'writing'))).toBe(expected);
  });

  it('says the status, and keeps the time that the server states', () => {
    expect(reactionTo(answered(429, undefined, 60_000), 'writing')).toEqual({
      kind: 'retry',
      problem: problem('destination-unavailable', 'the destination answered 429'),
      retryAfterMs: 60_000,
    });
  });
});

describe('the failure table, by what the outcome says', () => {
  const passing = ['transient', 'lock-error', 'no-store', 'exception', 'timeout', 'incomplete', 'throttled'];

  it.each(passing)('%s passes, whatever else the status would mean', (code) => {
    for (const status of [200, 400, 403, 404, 405, 410, 415, 422, 500]) {
      expect(brief(reactionTo(answered(status, outcome(code), 7), 'writing'))).toBe(later);
      expect(reactionTo(answered(status, outcome(code), 7), 'writing')).toMatchObject({ retryAfterMs: 7 });
      expect(brief(reactionTo(answered(status, outcome(code, 'fatal')), 'reading'))).toBe(later);
    }
  });

  it.each([
    [401, unauthorized],
    [409, overtaken],
    [412, overtaken],
  ])('of a %i the status counts, not that something passes', (status, expected) => {
    for (const code of passing) expect(brief(reactionTo(answered(status, outcome(code)), 'writing'))).toBe(expected);
  });

  it.each(['invalid', 'structure', 'required', 'not-supported', 'business-rule', 'conflict', 'not-found'])(
    '%s leaves it to the status',
    (code) => {
      expect(brief(reactionTo(answered(422, outcome(code)), 'writing'))).toBe(refused);
      expect(brief(reactionTo(answered(503, outcome(code)), 'writing'))).toBe(later);
      expect(brief(reactionTo(answered(404, outcome(code)), 'writing'))).toBe(readAgain);
    },
  );

  it('a warning that something passes is none', () => {
    expect(brief(reactionTo(answered(422, outcome('transient', 'warning')), 'writing'))).toBe(refused);
  });

  it('a success with errors inside is a refusal, one with warnings is a success', () => {
    expect(isDone({ status: 200, body: outcome('invalid') })).toBe(false);
    expect(isDone({ status: 201, body: outcome('invalid', 'fatal') })).toBe(false);
    expect(isDone({ status: 200, body: outcome('informational', 'information') })).toBe(true);
    expect(isDone({ status: 200, body: outcome('invalid', 'warning') })).toBe(true);
    expect(isDone({ status: 199, body: undefined })).toBe(false);
    expect(isDone({ status: 299, body: undefined })).toBe(true);
    expect(isDone({ status: 300, body: undefined })).toBe(false);
    expect(brief(reactionTo(answered(200, outcome('invalid')), 'writing'))).toBe(refused);
  });

  it.each([
    ['an HTML page', '<html><body>Bad gateway</body></html>'],
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an outcome without issues', { resourceType: 'OperationOutcome' }],
    ['an outcome with junk for issues', { resourceType: 'OperationOutcome', issue: [null, 'x', {}] }],
    ['another resource', { resourceType: 'Observation', issue: outcome('transient').issue }],
  ])('%s as a body breaks nothing: the status counts', (_what, body) => {
    expect(brief(reactionTo(answered(422, body), 'writing'))).toBe(refused);
    expect(brief(reactionTo(answered(502, body), 'writing'))).toBe(later);
  });

  it.each(['<html/>', 'Sign in', ' <!DOCTYPE html><title>x</title>'])(
    'a page in place of an answer is none: %s',
    (body) => {
      expect(isDone({ status: 200, body })).toBe(false);
      expect(isDone({ status: 201, body })).toBe(false);
      expect(brief(reactionTo(answered(200, body), 'reading'))).toBe(later);
      expect(brief(reactionTo(answered(200, body), 'writing'))).toBe('unknown: destination-unavailable');
      expect(brief(reactionTo(answered(200, body), 'creating'))).toBe('unknown: destination-unavailable');
      expect(brief(reactionTo(answered(404, body), 'reading'))).toBe(later);
      expect(brief(reactionTo(answered(404, body), 'writing'))).toBe(later);
      expect(isUnapplied({ kind: 'answered', status: 404, body })).toBe(false);
    },
  );

  it.each([
    '',
    '\n',
    {},
    undefined,
    null,
    7,
    { resourceType: 'OperationOutcome', issue: [null, 'x', {}] },
    '<Device xmlns="http://hl7.org/fhir"/>',
  ])('an answer without JSON is one: %j', (body) => {
    expect(isDone({ status: 200, body })).toBe(true);
    expect(isForeign({ status: 404, body })).toBe(false);
  });

  it.each([400, 401, 403, 404, 405, 410, 413, 415, 422, 428, 429])('%i says that nothing was done', (status) => {
    expect(isUnapplied({ kind: 'answered', status, body: undefined })).toBe(true);
  });

  it.each([200, 202, 406, 408, 409, 412, 500, 502, 503, 504])('%i does not say that nothing was done', (status) => {
    expect(isUnapplied({ kind: 'answered', status, body: undefined })).toBe(false);
  });

  it('what was not sent did nothing; what nobody answered may have', () => {
    expect(isUnapplied({ kind: 'not-sent' })).toBe(true);
    expect(isUnapplied({ kind: 'unknown' })).toBe(false);
  });

  it('keeps nothing of what the server wrote', () => {
    for (const status of [200, 400, 401, 403, 409, 412, 422, 500]) {
      expect(JSON.stringify(reactionTo(answered(status, outcome('invalid', 'error', 'X')), 'writing'))).not.toContain(
        'Jane',
      );
    }
  });
});

describe('several resources under one identity', () => {
  it.each<[Purpose, number, object | undefined, string]>([
    ['creating', 412, undefined, several],
    ['creating', 409, undefined, overtaken],
    ['writing', 412, undefined, overtaken],
    ['writing', 412, outcome('multiple-matches'), several],
    ['writing', 400, outcome('multiple-matches'), several],
    ['creating', 400, outcome('multiple-matches'), several],
    ['reading', 400, outcome('multiple-matches'), readAgain],
    ['reading', 412, undefined, overtaken],
  ])('%s, %i, %j', (purpose, status, body, expected) => {
    expect(brief(reactionTo(answered(status, body), purpose))).toBe(expected);
  });
});

describe('codes of the server’s own', () => {
  const codes: VendorCodes = {
    again: 'retry',
    tomorrow: 'pause-until-tomorrow',
    there: 'already-there',
    data: 'terminal-data',
    locked: 'terminal-access',
    cut: 'partial',
  };
  const said = (code: string, status = 400) =>
    reactionTo(answered(status, outcome('processing', 'error', code), 9), 'writing', codes);

  it.each([
    ['again', later],
    ['tomorrow', 'pause: destination-paused'],
    ['there', 'already-there: destination-conflict'],
    ['data', refused],
    ['locked', 'terminal (access): access-restricted'],
    ['cut', 'partial: destination-refused'],
    ['never heard of', readAgain],
  ])('%s means %s', (code, expected) => {
    expect(brief(said(code))).toBe(expected);
  });

  it('count more than the status and the issue type', () => {
    expect(brief(reactionTo(answered(503, outcome('transient', 'error', 'data')), 'writing', codes))).toBe(refused);
    expect(brief(reactionTo(answered(412, outcome('conflict', 'error', 'there')), 'creating', codes))).toBe(
      'already-there: destination-conflict',
    );
    expect(brief(said('again', 200))).toBe(later);
  });

  it('pause a destination for a day, and keep the wait that is stated', () => {
    expect(said('tomorrow')).toEqual({
      kind: 'pause',
      pauseMs: 86_400_000,
      problem: problem('destination-paused', 'the destination takes nothing more until tomorrow'),
    });
    expect(said('again')).toMatchObject({ retryAfterMs: 9 });
  });
});

describe('without an answer', () => {
  it('it is unknown when writing, and a retry when reading', () => {
    const lost: Answer = { kind: 'unknown', problem: unavailable };
    expect(reactionTo(lost, 'writing')).toEqual({ kind: 'unknown', problem: unavailable });
    expect(reactionTo(lost, 'creating')).toEqual({ kind: 'unknown', problem: unavailable });
    expect(reactionTo(lost, 'reading')).toEqual({ kind: 'retry', problem: unavailable });
  });

  it('what was not sent is sent later, when the token server says, unless that one refused us', () => {
    const unsent: Answer = { kind: 'not-sent', problem: unavailable, retryAfterMs: 5_000 };
    expect(reactionTo(unsent, 'writing')).toEqual({ kind: 'retry', problem: unavailable, retryAfterMs: 5_000 });
    const stranger = problem('destination-unauthorized', 'the key is not known');
    expect(reactionTo({ kind: 'not-sent', problem: stranger }, 'writing')).toEqual({
      kind: 'terminal',
      about: 'auth',
      problem: stranger,
    });
  });
});
