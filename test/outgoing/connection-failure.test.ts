import { expect, it } from 'vitest';
import { AddressRefused, connectionFailure } from '../../src/outgoing/connection-failure.ts';

const withCode = (code: unknown) => Object.assign(new Error('https://secret.test refused MRN0001'), { code });
const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause });
const outcome = (error: unknown) => {
  const { problem, sent } = connectionFailure(error);
  return [problem.code, problem.message, sent];
};

it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'])(
  'before a connection stands nothing was sent: %s',
  (code) => {
    const message = `The connection failed (${code}).`;
    expect(outcome(fetchFailed(withCode(code)))).toEqual(['destination-unavailable', message, 'no']);
  },
);

it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])(
  'on a connection that stood it may have been sent: %s',
  (code) => {
    const message = `The connection failed (${code}).`;
    expect(outcome(fetchFailed(withCode(code)))).toEqual(['destination-unavailable', message, 'maybe']);
  },
);

it('a time limit that ended says nothing of what was applied', () => {
  const late = Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError', code: 23 });
  const expected = ['destination-unavailable', 'No answer within the time limit.', 'maybe'];
  expect(outcome(late)).toEqual(expected);
  expect(outcome(fetchFailed(late))).toEqual(expected);
});

it.each([undefined, 'text', 42, new Error('x'), fetchFailed(undefined), fetchFailed(withCode('https://secret.test'))])(
  'anything else has no words of its own',
  (error) => {
    expect(outcome(error)).toEqual(['destination-unavailable', 'The connection failed.', 'maybe']);
  },
);

it('an address that is refused is told by its kind, never by itself', () => {
  expect(outcome(fetchFailed(new AddressRefused('metadata')))).toEqual([
    'address-refused',
    'the host has a cloud metadata address',
    'no',
  ]);
});
