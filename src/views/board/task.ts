import { createHash } from 'node:crypto';
import type { Bundle, Task } from '@medplum/fhirtypes';
import { external, itb, profile } from '../../fhir/systems.ts';
import type { Clinic, Entry } from './entries.ts';
import type { BoardLine } from './line.ts';
import { stateNames } from './words.ts';

export interface TaskContext extends Clinic {
  readonly identifierSystem: string;
  readonly at: Temporal.Instant;
  /** Absolute address of what was asked for, and of the next page. */
  readonly self: string;
  readonly next?: string | undefined;
}

/** The board as FHIR: a Bundle of one Task a patient with a pump (profile itb-refill-task). */
export function taskBundle(lines: readonly BoardLine[], context: TaskContext): Bundle<Task> {
  const { at, self, next } = context;
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp: at.round('second').toString(),
    link: [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next', url: next }])],
    entry: lines
      .filter(({ state }) => state !== 'no-pump')
      .map((line) => {
        const resource = refillTask(line, context);
        return { fullUrl: `urn:uuid:${resource.id}`, resource };
      }),
  };
}

/** The next refill of a patient. */
export function refillTask(line: BoardLine, { environment, identifierSystem }: TaskContext): Task {
  const { patient, recordNumbers, state, words, bookedFor, owner, note, noteChangedAt, dueBy } = line;
  const id = taskId(patient);
  const [known] = recordNumbers;
  const input = [
    ...dateInput('refill-due-by', 'reported-refill-due-date', dueBy, line.dueMethod),
    ...dateInput('low-reservoir-alarm-date', 'reported-low-reservoir-alarm-date', line.alarmDate, line.alarmMethod),
  ];
  return {
    resourceType: 'Task',
    id,
    meta: {
      profile: [profile.refillTask],
      ...(environment === 'test' && { security: [{ system: external.actReason, code: 'HTEST' }] }),
      tag: [{ system: itb.sync, code: 'itb-adapter' }],
    },
    identifier: [{ system: identifierSystem, value: id }],
    status: bookedFor === null ? 'requested' : 'accepted',
    businessStatus: {
      coding: [{ system: itb.refillState, code: state, display: stateNames[state] }],
      text: stateNames[state],
    },
    intent: 'plan',
    code: {
      coding: [{ system: itb.procedure, code: 'pump-refill', display: 'Refill of pump reservoir' }],
      text: 'Refill of pump reservoir',
    },
    description: words,
    for: { reference: `Patient/${patient}`, ...(known && { identifier: known }) },
    ...(bookedFor !== null && { executionPeriod: { start: bookedFor, end: bookedFor } }),
    ...(noteChangedAt !== null && { lastModified: noteChangedAt }),
    ...(owner !== null && { owner: { display: owner } }),
    ...(note !== null && { note: [{ text: note }] }),
    ...(dueBy !== null && { restriction: { period: { end: dueBy } } }),
    ...(input.length > 0 && { input }),
  };
}

const inputDisplays = {
  'refill-due-by': 'Refill due by',
  'reported-refill-due-date': 'Reported refill due date',
  'low-reservoir-alarm-date': 'Calculated low reservoir alarm date',
  'reported-low-reservoir-alarm-date': 'Reported low reservoir alarm date',
} as const;

type InputCode = keyof typeof inputDisplays;

function dateInput(
  calculated: InputCode,
  reported: InputCode,
  date: string | null,
  method: Entry['dueMethod'],
): NonNullable<Task['input']> {
  if (date === null) return [];
  const code = method === 'reported' ? reported : calculated;
  const display = inputDisplays[code];
  return [{ type: { coding: [{ system: itb.observation, code, display }], text: display }, valueDateTime: date }];
}

/** One task a patient, known again each time: made of the keyed id, which is a secret's already. */
function taskId(patient: string): string {
  const hash = createHash('sha256').update(`refill-task ${patient}`).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
