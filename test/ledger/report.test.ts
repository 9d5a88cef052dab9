import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/event/parse.ts';
import { reportOf } from '../../src/ledger/report.ts';
import { assessment, correction, incoming, merge, unmerge, voiding } from '../contracts/ledger-fixture.ts';

const of = (event: Parameters<typeof incoming>[0]) => reportOf(incoming(event));

describe('what the ledger needs to know of an event', () => {
  it.each([
    ['a plain event', assessment('E1', 'A'), { patient: 'A', merged: undefined, target: null, connects: false }],
    [
      'a correction',
      correction('C1', 'A', 'E1', 'B'),
      { patient: 'B', merged: undefined, target: 'E1', connects: true },
    ],
    ['a void', voiding('V1', 'A', 'E1'), { patient: 'A', merged: undefined, target: 'E1', connects: true }],
    ['a merge', merge('M1', 'A', 'B'), { patient: 'A', merged: 'B', target: null, connects: true }],
    ['an unmerge', unmerge('U1', 'A', 'M1'), { patient: 'A', merged: undefined, target: 'M1', connects: true }],
  ])('takes patient and target of %s', (_, event, expected) => {
    const { patient, merged, target, connects } = of(event);
    expect({ patient: patient.value, merged: merged?.value, target, connects }).toEqual(expected);
  });

  it('takes the patient of the envelope where a correction restates none', () => {
    const amendment = correction('C1', 'A', 'E1', 'B');
    if (amendment.type !== 'correction') throw new Error('not a correction');
    const { patient, ...restated } = amendment.event;
    expect(of({ ...amendment, event: restated as typeof amendment.event }).patient.value).toBe('A');
    expect(patient?.identifier.value).toBe('B');
  });

  it('is fed by tests with events that the schema accepts', () => {
    const samples = [
      assessment('E1', 'A'),
      correction('C1', 'A', 'E1'),
      voiding('V1', 'A', 'E1'),
      merge('M1', 'A', 'B'),
      unmerge('U1', 'A', 'M1'),
    ];
    expect(samples.map((event) => parseEvent(event))).toEqual(samples.map((event) => ({ event })));
  });
});
