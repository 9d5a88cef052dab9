import { isDeepStrictEqual } from 'node:util';
import type { Program } from '../event/program.ts';

/** What a report may leave out without meaning another programme. */
const mayBeLeftOut: ReadonlySet<string> = new Set(['drug', 'additionalDrugs', 'concentrationUgPerMl', 'rateMlPerDay']);

/** Whether two reports state one programme. What one of them leaves out of the drug or the flow is no difference. */
export function sameProgram(a: Program, b: Program): boolean {
  return isDeepStrictEqual(comparable(a, b), comparable(b, a));
}

function comparable(program: Program, other: Program): object {
  const fields = Object.entries(program).filter(([name]) => !mayBeLeftOut.has(name) || isStated(other, name));
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

const isStated = (program: Program, name: string): boolean =>
  (program as Readonly<Record<string, unknown>>)[name] !== undefined;
