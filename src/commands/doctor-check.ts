import { inWords, type Problem } from '../event/problem.ts';

/** What a look at one point found. `note`: nothing is wrong, or it could not be looked at. */
export interface Check {
  readonly point: string;
  readonly result: 'ok' | 'failed' | 'note';
  /** In a sentence. Holds no identifier of a patient, no token, no text of the server. */
  readonly says: string;
  /** What to do, where something is to be done. */
  readonly advice?: string | undefined;
  /** Details, one a line. */
  readonly lines?: readonly string[] | undefined;
}

export const ok = (point: string, says: string, lines?: readonly string[]): Check => ({
  point,
  result: 'ok',
  says,
  lines,
});

export const noted = (point: string, says: string, advice?: string): Check => ({ point, result: 'note', says, advice });

export const wrong = (point: string, says: string, advice: string): Check => ({
  point,
  result: 'failed',
  says,
  advice,
});

/** A problem says itself what to do. */
export function wrongBy(point: string, { message, remedy }: Problem): Check {
  return wrong(point, inWords({ message, remedy: '' } as Problem).trim(), remedy);
}

const marks = { ok: '✓', failed: '✗', note: '–' } as const;

export function inLines({ point, result, says, advice, lines = [] }: Check): string {
  const indented = [...lines, ...(advice ? [`→ ${advice}`] : [])].map((line) => `    ${line}`);
  return [`${marks[result]} ${point}: ${says}`, ...indented].join('\n');
}
