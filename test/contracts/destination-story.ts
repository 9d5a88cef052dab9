import { clinicOf, type Report } from '../flow/events.ts';

/** What two patients of a clinic live through, report by report, with what people get wrong in between. */

const a = clinicOf('A');
const b = clinicOf('B');

/** Each step is followed by a sync. */
export const steps: Readonly<Record<string, readonly Report[]>> = {
  implants: [a.implant('i', 0, 100), b.implant('i', 0, 80)],
  refill: [a.refill('r', 60, 100)],
  'dose change': [a.doseChange('d', 70, 120, { bridge: { volumeMl: 0.4, durationHours: 24 } })],
  complication: [a.complication('k', 80)],
  correction: [a.correctDose('c', 'd', 70, 125)],
  'a change that was never made': [a.doseChange('x', 85, 150)],
  void: [a.void('v', 'x', 86)],
  'a change at the wrong patient': [a.doseChange('w', 90, 95)],
  'that change at the right patient': [{ ...b.correctDose('cw', 'w', 90, 95), replaces: a.id('w') }],
  'a late report': [a.doseChange('late', 30, 110)],
};

/** What then stands, by patient: kind of event and day, and a number that its record has to hold. */
export const standing: Readonly<Record<'A' | 'B', readonly StandingEvent[]>> = {
  A: [
    { kind: 'implant', day: '2024-03-01', says: '100' },
    { kind: 'dose change', day: '2024-03-31', says: '110' },
    { kind: 'refill', day: '2024-04-30', says: '4.2' },
    { kind: 'dose change', day: '2024-05-10', says: '125' },
    { kind: 'complication', day: '2024-05-20', says: 'ithdrawal' },
  ],
  B: [
    { kind: 'implant', day: '2024-03-01', says: '80' },
    { kind: 'dose change', day: '2024-05-30', says: '95' },
  ],
};

export interface StandingEvent {
  readonly kind: string;
  readonly day: string;
  readonly says: string;
}
