import { unitFault } from '../../event/ucum.ts';
import type { RowPlan } from './compile.ts';
import type { EventField } from './event-fields.ts';
import { type Fault, fault, isFault, type Read } from './fault.ts';
import { readNumber } from './number.ts';
import type { SourceMap } from './schema.ts';
import { type ReadTime, readClock, readDate, readInstant, readTime, type TimeRules } from './time.ts';

/** One text of a source → the value of a field, read as the kind of the field demands. Never converted, never guessed. */

export interface ReadField {
  /** Undefined: by the map this word says nothing. */
  readonly value: unknown;
  readonly offset?: ReadTime['offset'] | undefined;
}

/** What stands beside the text in its source. */
export interface Beside {
  /** URI of the code system that the source names. */
  readonly system?: string | undefined;
  /** Words of the source for a code. */
  readonly display?: string | undefined;
  /** Unit as the source states it; undefined: it states none. */
  readonly unit?: string | undefined;
  /** HL7 v2: whether it was sent as a number (OBX-2). Undefined: the format does not say. */
  readonly isNumber?: boolean | undefined;
}

export function readRowValue(plan: RowPlan, text: string, beside: Beside, map: SourceMap): Read<ReadField> {
  const { words, codes, row, field } = plan;
  if (row.unknown?.includes(text.trim())) return { value: { value: null } };
  if (words) return wordValue(words, text.trim());
  if (codes) return codeValue(plan, text, beside);
  const value = readText(field, text, plan.times, { decimal: map.decimal, isNumber: beside.isNumber });
  if (row.unit === undefined || isFault(value)) return value;
  return unitProblem(plan, beside, map) ?? value;
}

function wordValue(words: NonNullable<RowPlan['words']>, text: string): Read<ReadField> {
  const value = Object.hasOwn(words, text) ? words[text] : undefined;
  if (value === undefined) return fault('code-unmapped', 'the field map does not know this word');
  return { value: { value: value ?? undefined } };
}

function codeValue({ codes, row }: RowPlan, text: string, { system, display }: Beside): Read<ReadField> {
  const code = row.asWord ? codes?.translateWord(text) : codes?.translate(text.trim(), system);
  if (code === undefined) {
    const unmapped = row.asWord ? codes?.unmappedWord(text) : codes?.unmapped(text.trim(), system);
    const refused = fault('code-unmapped', `no row in ${[row.codeMap].flat().join(', ')}`);
    return { ...refused, unmapped: unmapped && { ...unmapped, ...(display !== undefined && { display }) } };
  }
  return { value: { value: code } };
}

/** The unit as the map spells it, and nothing but it. A row without a place for the unit has a field in this unit. */
function unitProblem({ row, unitFrom }: RowPlan, { unit }: Beside, { units }: SourceMap): Fault | undefined {
  const isStated = row.observation !== undefined || unitFrom !== undefined;
  if (!isStated) return undefined;
  if (unit === undefined) return fault('unit-missing', `the value has no unit; the field is in ${row.unit}`);
  const wrong = unitFault(units[unit] ?? unit, row.unit as string);
  return wrong && fault(wrong, `the unit is not ${row.unit}, and no spelling of it`);
}

export interface TextRules {
  readonly decimal: SourceMap['decimal'];
  readonly isNumber?: boolean | undefined;
}

export function readText({ kind }: EventField, text: string, times: TimeRules, rules: TextRules): Read<ReadField> {
  switch (kind) {
    case 'number':
    case 'quantity':
    case 'hours':
      return wrapped(readNumber(text, rules.decimal));
    case 'score':
      return wrapped(readScore(text, rules));
    case 'date':
      return wrapped(readDate(text, times, 'whole'));
    case 'partial-date':
      return wrapped(readDate(text, times, 'partial'));
    case 'clock':
      return wrapped(readClock(text));
    case 'instant':
      return timed(readInstant(text, times));
    case 'time':
      return timed(readTime(text, times));
    default:
      return { value: { value: text } };
  }
}

/** `3` is a number, `1+` is not. Where the source says that it sends text, `3` is text too. */
function readScore(text: string, { decimal, isNumber }: TextRules): Read<string | number> {
  if (isNumber === false) return { value: text };
  const number = readNumber(text, decimal);
  return isFault(number) && isNumber === undefined ? { value: text } : number;
}

const wrapped = (read: Read<unknown>): Read<ReadField> => (isFault(read) ? read : { value: { value: read.value } });

const timed = (read: Read<ReadTime>): Read<ReadField> =>
  isFault(read) ? read : { value: { value: read.value.text, offset: read.value.offset } };
