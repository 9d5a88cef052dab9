import { describe, expect, test } from 'vitest';
import { parseScopes } from '../../src/auth/scopes.ts';
import { crashReport } from '../../src/crash.ts';

/** An exception of our own code, about what it was given. */
function thrown(): Error {
  try {
    parseScopes(undefined as never);
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('what is told of an exception that nobody expected', () => {
  test('is its class and where it was thrown, in files of ours', () => {
    const [head, first] = crashReport(thrown()).split('\n');
    expect(head).toBe('Unexpected TypeError. Its message is not shown, for it may quote what was sent.');
    expect(first).toMatch(/^ {4}at src\/auth\/scopes\.ts:\d+:\d+$/);
  });

  test('is nothing of its message, of its cause, of its own name or of what hangs on it', () => {
    const error = Object.assign(new TypeError('canary', { cause: new Error('canary') }), { body: 'canary' });
    error.name = 'canary 7';
    expect(crashReport(error)).not.toContain('canary');
    expect(crashReport(error)).toContain('Unexpected Error.');
  });

  test('is no line of a message that looks like a frame', () => {
    const error = new Error(`first\n    at canary (${import.meta.dirname}/../../src/canary.ts:1:1)\n`);
    expect(crashReport(error)).not.toContain('canary');
  });

  test('is no frame at all where the message was changed since', () => {
    const error = new Error(`canary\n    at canary (${import.meta.dirname}/../../src/canary.ts:1:1)`);
    // The stack is written when it is first read.
    expect(error.stack).toContain('canary');
    error.message = 'other';
    expect(crashReport(error).split('\n')).toHaveLength(1);
  });

  test('is no path outside the project, but places in Node itself', () => {
    const error = new Error('m');
    error.stack = [
      'Error: m',
      '    at file:///home/canary/events.ts:1:2',
      '    at /home/canary/events.ts:1:2',
      '    at node:internal/process/task_queues:103:5',
      '    at async Promise.all (index 0)',
    ].join('\n');
    expect(crashReport(error).split('\n').slice(1)).toEqual(['    at node:internal/process/task_queues:103:5']);
  });

  test('is only its type where it is no Error', () => {
    expect(crashReport('canary')).toBe('Something that is no Error was thrown (string).');
  });
});
