import { problemCodes } from '../../event/problem.ts';

/** What an adapter writes in words because FHIR R4 has no element for it, read again by the same grammar. */

/** `Implanted 2018-06, as reported with its label (implant card).` */
export function implantedInWords(text: string): { date: string; source: string | undefined } | undefined {
  const found = /^Implanted (\d{4}(?:-\d{2}){0,2}), as reported with its label(?: \((.+)\))?\.$/s.exec(text);
  return found?.[1] ? { date: found[1], source: found[2] } : undefined;
}

/** `pump pocket: left lower quadrant, left, subfascial`, alone or as reported with the label. */
export function pocketInWords(
  text: string,
): Record<'pocketSite' | 'pocketSide' | 'pocketPlane', string | undefined> | undefined {
  const stated = /^(?:As reported with its label: )?pump pocket: (.+?)\.?$/s.exec(text)?.[1];
  if (stated === undefined) return undefined;
  const parts = stated.split(', ');
  const pocketPlane = lastOf(parts, ['subfascial', 'subcutaneous']);
  const pocketSide = lastOf(parts, ['left', 'right']);
  return { pocketSite: parts.length > 0 ? parts.join(', ') : undefined, pocketSide, pocketPlane };
}

/** Takes the last part away, where it is one of these. */
function lastOf(parts: string[], words: readonly string[]): string | undefined {
  return words.includes(parts.at(-1) ?? '') ? parts.pop() : undefined;
}

/** `catheter tip at the level of T10 (operative note)`, alone or as reported with the label. */
export function tipInWords(text: string): { level: string; source: string | undefined } | undefined {
  const found = /^(?:As reported with its label: )?catheter tip at the level of (.+?)( \([a-z ]+\))?\.?$/s.exec(text);
  if (!found?.[1]) return undefined;
  const source = sources[found[2] ?? ''];
  return { level: source === undefined ? `${found[1]}${found[2] ?? ''}` : found[1], source };
}

const sources: Readonly<Record<string, string>> = {
  ' (operative note)': 'operative-note',
  ' (assumed)': 'assumed',
  ' (source unknown)': 'unknown',
};

/** `left elbow flexors, left`: a site, and its side last. */
export function siteInWords(text: string): { site: string | undefined; side: string | undefined } {
  const parts = text.split(', ');
  const word = lastOf(parts, Object.keys(sides));
  return { site: parts.length > 0 ? parts.join(', ') : undefined, side: word && sides[word] };
}

const sides: Readonly<Record<string, string>> = { left: 'left', right: 'right', 'both sides': 'both' };

/** `clonidine 150 ug/mL`. */
export function drugInWords(text: string): { name: string; concentrationUgPerMl?: number } {
  const found = /^(.+) (\d+(?:\.\d+)?) ug\/mL$/s.exec(text);
  return found?.[1] ? { name: found[1], concentrationUgPerMl: Number(found[2]) } : { name: text };
}

/** `00:00–18:00 144 ug`. */
export function stepInWords(text: string): { start: string; end: string; doseUg: number } | undefined {
  const found = /^(\d{2}:\d{2})–(\d{2}:\d{2}) (\d+(?:\.\d+)?(?:e-?\d+)?) ug$/.exec(text);
  return found ? { start: found[1] as string, end: found[2] as string, doseUg: Number(found[3]) } : undefined;
}

/** `Saturday, Sunday: 200 ug per day; 00:00–24:00 200 ug`. */
export function patternInWords(text: string): object | undefined {
  const [head = '', ...steps] = text.split('; ');
  const found = /^([A-Za-z, ]+): (\d+(?:\.\d+)?(?:e-?\d+)?) ug per day$/.exec(head);
  if (!found) return undefined;
  const days = (found[1] as string).split(', ').map((day) => day.toLowerCase());
  const flexSteps = steps.map((step) => stepInWords(step) ?? { start: step, end: step });
  return { days, doseUgPerDay: Number(found[2]), flexSteps };
}

/** `; 0.436 mL in 30 h`, of a bridge. */
export function volumeInWords(text: string | undefined): number | undefined {
  const found = /(?:^|; )(\d+(?:\.\d+)?) mL in \d/.exec(text ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** `; concentration 2000 ug/mL`, in the text of a dosage. */
export function concentrationInWords(text: string | undefined): number | undefined {
  const found = /(?:^|; )concentration (\d+(?:\.\d+)?(?:e-?\d+)?) ug\/mL(?:;|$)/.exec(text ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** What an adapter remarks beside a report ends with what to do about it, and was not noted by anybody. */
export const isRemark = (text: string): boolean => remedies.some((remedy) => text.endsWith(remedy));

const remedies: readonly string[] = Object.values(problemCodes);
