import { isDeepStrictEqual } from 'node:util';
import type { Program } from '../event/program.ts';

/** Whether two reports state one programme. A concentration or a drug that one of them leaves out is no difference. */
export function sameProgram(a: Program, b: Program): boolean {
  return isDeepStrictEqual(comparable(a, b), comparable(b, a));
}

function comparable(program: Program, other: Program): object {
  const { drug: _, concentrationUgPerMl, ...rest } = program;
  const bothState = other.concentrationUgPerMl !== undefined;
  return bothState && concentrationUgPerMl !== undefined ? { ...rest, concentrationUgPerMl } : rest;
}
