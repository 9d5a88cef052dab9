import { momentInWords } from './moments.ts';

/**
 * Where the birth date of the open record is not the one of the pump’s reports, a sentence that says so; undefined where
 * they agree, as far as both are known. A month or a year agrees with any day within it.
 */
export function mixUpWords(reported: string | null | undefined, there: string | undefined): string | undefined {
  if (!reported || !there || reported.startsWith(there) || there.startsWith(reported)) return undefined;
  return [
    'THIS MAY BE TWO PEOPLE.',
    `The open record says born ${momentInWords(there)}, the pump’s reports say born ${momentInWords(reported)}.`,
    'Establish whose pump this is before using anything below.',
  ].join(' ');
}
