import { type Problem, problem } from '../../event/problem.ts';
import { linesOf } from './message.ts';

/** What one body, frame or file holds: messages, perhaps in batches (FHS, BHS … BTS, FTS). */
export interface Hl7Batch {
  readonly messages: readonly BatchedMessage[];
  /** What is wrong with the whole: a count that differs, an end that is missing. The messages are taken all the same. */
  readonly problems: readonly Problem[];
  /** False: one message, and nothing around it. */
  readonly isBatch: boolean;
}

export interface BatchedMessage {
  readonly text: string;
  /** The line of the whole that it starts at, from 1. */
  readonly row: number;
  /** It may be cut off: the batch that it is the last of has no end. */
  readonly cutOff?: Problem | undefined;
}

/**
 * Divides a text at its MSH segments. Counts of BTS-1 and FTS-1 are checked where they are stated: a message that was lost on
 * its way leaves no other trace.
 */
export function batchIn(text: string): Hl7Batch {
  const lines = linesOf(text.replace(/^\ufeff/, ''));
  const isBatch = /^[FB]HS/.test(lines[0] ?? '');
  const starts = lines.flatMap((line, n) => (line.startsWith('MSH') ? [n] : []));
  const messages = starts.map((start, n) => {
    const own = lines.slice(start, starts[n + 1]);
    return { text: `${own.filter((line) => !around.test(line)).join('\r')}\r`, row: start + 1 };
  });
  if (!isBatch) {
    const [first] = starts;
    // What stands before the first message belongs to none: the reader says what is wrong with it.
    if (first === undefined || first > 0) return { messages: [{ text, row: 1 }], problems: [], isBatch };
    return { messages: messages.length === 1 ? [{ text, row: 1 }] : messages, problems: [], isBatch };
  }
  const missing = endOf(lines);
  const [cutOff] = missing;
  const last = messages.length - 1;
  return {
    messages: cutOff ? messages.map((message, n) => (n === last ? { ...message, cutOff } : message)) : messages,
    problems: [...countsOf(lines), ...missing],
    isBatch,
  };
}

const around = /^(?:FHS|BHS|BTS|FTS)/;

function countsOf(lines: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  let messages = 0;
  let batches = 0;
  for (const [n, line] of lines.entries()) {
    const name = line.slice(0, 3);
    if (name === 'MSH') messages++;
    if (name === 'BHS') messages = 0;
    if (name === 'BTS') {
      batches++;
      problems.push(...countDiffers(line, messages, n + 1, 'BTS-1', 'messages in the batch'));
    }
    if (name === 'FTS') problems.push(...countDiffers(line, batches, n + 1, 'FTS-1', 'batches in the file'));
  }
  return problems;
}

function countDiffers(line: string, count: number, row: number, field: string, what: string): Problem[] {
  const stated = line.slice(4).split(line.charAt(3))[0]?.trim() ?? '';
  if (stated === '' || Number(stated) === count) return [];
  return [
    problem('batch-count-differs', `the number of ${what} is not the one stated`, {
      row,
      segment: field.slice(0, 3),
      field,
    }),
  ];
}

function endOf(lines: readonly string[]): Problem[] {
  const missing = [
    ...(lines.some((line) => line.startsWith('BHS')) ? ['BTS'] : []),
    ...(lines.some((line) => line.startsWith('FHS')) ? ['FTS'] : []),
  ].filter((end) => count(lines, end) < count(lines, end === 'BTS' ? 'BHS' : 'FHS'));
  return missing.map((end) =>
    problem('batch-incomplete', `${end} is missing: the end may be cut off`, { segment: end }),
  );
}

const count = (lines: readonly string[], name: string): number => lines.filter((line) => line.startsWith(name)).length;
