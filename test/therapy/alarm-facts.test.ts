import { describe, expect, it } from 'vitest';
import { alarmFacts } from '../../src/therapy/alarm-facts.ts';
import { settings } from '../stories/story.ts';

describe('an alarm', () => {
  it.each([
    ['motor-stall', 'motor-stall'],
    ['Motor Stall', 'motor-stall'],
    ['pump stalled', 'motor-stall'],
    ['Motor stall recovery occurred', 'motor-stall-recovered'],
    ['reservoir low', 'low-reservoir'],
    ['ERI', 'eri'],
    ['End of Service', 'eos'],
    ['STOPPED PUMP > 48 H', 'stopped-over-48h'],
    ['Critical memory error', 'memory-error-critical'],
    ['non-critical memory error', 'memory-error-noncritical'],
  ])('written "%s" is %s', (written, code) => {
    expect(alarmFacts(settings, written)?.code).toBe(code);
  });

  it.each(['', 'memory error', 'low battery', 'reset', 'beep'])('is not guessed from "%s"', (written) => {
    expect(alarmFacts(settings, written)).toBeUndefined();
  });
});
