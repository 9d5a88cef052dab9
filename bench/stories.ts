import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLine } from '../src/intake/json.ts';
import { gate } from './row.ts';

/** Six of the sample therapies, always the same so that figures compare, and as many patients as wanted made of them. */

export const sourceSystem = 'urn:oid:2.16.840.1.113883.19.5.1';
export const patientSystem = 'urn:oid:2.16.840.1.113883.19.5';

/** The events of one patient, as sent: JSON, one text an event. */
export type Story = readonly string[];

const file = join(import.meta.dirname, '../src/sandbox/sample-therapies.ndjson');

/** An event that a story sends twice is there once: what was sent again maps to nothing new. */
export function sampleStories(): readonly Story[] {
  const lines = new Set(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .filter((line) => /"J\d\d-/.test(line)),
  );
  const stories = Map.groupBy(lines, (line) => /MRN\d{4}/.exec(line)?.[0] ?? '');
  return [...stories.values()];
}

/** Patients `first` … `first + count - 1`, each a sample story under names of its own. */
export function patients(count: number, first = 0): readonly Story[] {
  const stories = sampleStories();
  return Array.from({ length: count }, (_, n) => {
    const number = first + n;
    const story = stories[number % stories.length] as Story;
    return story.map((line) => renamed(line, number));
  });
}

/** Record number, event ids and serial numbers (also inside the UDI) get the patient's number behind them. */
function renamed(line: string, number: number): string {
  return line
    .replaceAll(/MRN\d{4}/g, `$&-${number}`)
    .replaceAll(/"J\d\d-/g, `$&${number}-`)
    .replaceAll(/NGP\d{6}H/g, `$&-${number}`);
}

/** Read as the intake reads them. */
export function readAll(lines: readonly string[]) {
  return lines.map((line, n) => {
    const item = readLine(line, n + 1, { maxEvents: lines.length, maxDepth: 20 });
    gate('event' in item, `line ${n + 1} of the samples is refused`);
    return item;
  });
}
