import { type Problem, problem } from '../../event/problem.ts';
import type { Leaf } from './leaves.ts';
import { type Separators, separatorsIn } from './separators.ts';

/** When an acknowledgement is wanted (HL7 table 0155). */
export type AckCondition = 'AL' | 'NE' | 'ER' | 'SU';

/** What MSH says, as far as it can be read; a message that cannot be understood is still answered in its own terms. */
export interface Hl7Header {
  readonly separators: Separators;
  /** MSH-3 to MSH-6 as written: the answer repeats them the other way round. */
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly receivingApplication: string;
  readonly receivingFacility: string;
  /** `ORU`, `R01`, and the structure where the sender names it. */
  readonly type: string;
  readonly trigger: string;
  readonly structure: string;
  readonly controlId: string;
  readonly processingId: string;
  readonly version: string;
  /** As written. */
  readonly charset: string;
  /** MSH-21.1 of each repetition: the message profiles that it says it follows. */
  readonly profiles: readonly string[];
  /** Both absent: original mode, one acknowledgement that says what became of the message. */
  readonly acceptAck?: AckCondition | undefined;
  readonly applicationAck?: AckCondition | undefined;
}

/** Undefined: it does not start with MSH and the characters that divide it. */
export function headerOf(text: string): Hl7Header | undefined {
  const separators = separatorsIn(text);
  if (!separators) return undefined;
  const fields = (/^[^\r\n]*/.exec(text.slice(0, longestHeader))?.[0] ?? '').split(separators.field);
  const field = (n: number) => fields[n - 1] ?? '';
  const part = (n: number, component: number) => field(n).split(separators.component)[component - 1] ?? '';
  return {
    separators,
    sendingApplication: field(3),
    sendingFacility: field(4),
    receivingApplication: field(5),
    receivingFacility: field(6),
    type: part(9, 1),
    trigger: part(9, 2),
    structure: part(9, 3),
    controlId: field(10),
    processingId: part(11, 1),
    version: part(12, 1),
    acceptAck: condition(field(15)),
    applicationAck: condition(field(16)),
    charset: field(18),
    profiles: field(21)
      .split(separators.repetition)
      .map((one) => one.split(separators.component)[0] ?? '')
      .filter((one) => one !== ''),
  };
}

const longestHeader = 20_000;

const conditions = ['AL', 'NE', 'ER', 'SU'] as const;

const condition = (text: string): AckCondition | undefined => conditions.find((one) => one === text);

/** How its sender names the message. Undefined: it does not. */
export const messageIdOf = ({ sendingApplication, sendingFacility, controlId }: Hl7Header): string | undefined =>
  controlId === '' ? undefined : JSON.stringify([sendingApplication, sendingFacility, controlId]);

/** For the answer to what names nothing: in the characters that HL7 recommends. */
export const headerOfNobody: Hl7Header = {
  separators: { field: '|', component: '^', repetition: '~', escapeCharacter: '\\', subcomponent: '&' },
  ...{ sendingApplication: '', sendingFacility: '', receivingApplication: '', receivingFacility: '' },
  ...{ type: '', trigger: '', structure: '', controlId: '', processingId: '', version: '', charset: '', profiles: [] },
};

/** What makes a receiver reject a message before it looks at its data: its type or its version. */
export function rejection({ type, trigger, version }: Hl7Header): Problem | undefined {
  if (!versions.has(version)) {
    const message = 'this version of HL7 is not read here; 2.3 to 2.8 are';
    return problem('message-version-unsupported', message, { segment: 'MSH[1]', field: 'MSH-12.1' });
  }
  if (types.get(type)?.has(trigger)) return undefined;
  const message = 'this type of message is not read here';
  return problem('message-type-unsupported', message, {
    segment: 'MSH[1]',
    field: types.has(type) ? 'MSH-9.2' : 'MSH-9.1',
  });
}

const versions: ReadonlySet<string> = new Set('2.3 2.3.1 2.4 2.5 2.5.1 2.6 2.7 2.7.1 2.8 2.8.1 2.8.2'.split(' '));

/** Treatment administration was O01 until HL7 2.3.1, and is O17 since. */
const types: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['ORU', new Set(['R01'])],
  ['RAS', new Set(['O17', 'O01'])],
  ['MDM', new Set(['T02'])],
  ['ADT', new Set(['A34', 'A40', 'A47'])],
]);

/** MSH-11: what is not for production is a test and stays one. */
export function processingOf({ processingId }: Hl7Header): { readonly test: boolean } | { readonly problem: Problem } {
  if (processingId === 'P') return { test: false };
  if (processingId === 'T' || processingId === 'D') return { test: true };
  const place = { segment: 'MSH[1]', field: 'MSH-11.1' };
  const message = 'MSH-11 is P (production), T (training) or D (debugging)';
  return { problem: problem(processingId === '' ? 'field-missing' : 'field-value', message, place) };
}

/** An acknowledgement of something of ours is never acknowledged: two systems would never stop. */
export const isAcknowledgement = ({ type }: Hl7Header): boolean => type === 'ACK';

/** What MSH tells us beside the data; the rest of it is the field map's to decide. */
export const usedOfHeader: readonly string[] = [
  'MSH-9.1',
  'MSH-9.2',
  'MSH-9.3',
  'MSH-10.1',
  'MSH-11.1',
  'MSH-12.1',
  'MSH-15.1',
  'MSH-16.1',
  'MSH-18.1',
  'MSH-3.1',
  'MSH-4.1',
  'MSH-5.1',
  'MSH-6.1',
];

/** Values that say of themselves that they are not whole, and escapes that nobody here understands. */
export function doubtsAbout(leaves: readonly Leaf[]): { readonly problems: Problem[]; readonly remarks: Problem[] } {
  const truncated = leaves.filter(({ isTruncated }) => isTruncated);
  const unknown = leaves.filter(({ hasUnknownEscape }) => hasUnknownEscape);
  return {
    problems: truncated.map(({ place }) => problem('value-truncated', 'its sender cut this value short', place)),
    remarks: unknown.map(({ place }) =>
      problem('escape-unknown', 'an escape sequence is not understood and was kept as sent', place, 'warning'),
    ),
  };
}
