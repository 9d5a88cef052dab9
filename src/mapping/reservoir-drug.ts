import type { Program } from '../event/program.ts';
import { placeInTime } from '../therapy/history.ts';
import { toNumber, type UgPerMl } from '../therapy/quantity.ts';
import type { FillRecord, Segment } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore } from '../therapy/when.ts';

type Drugs = NonNullable<Program['additionalDrugs']>;

/** What a reader of a dose has to know of the drug: its concentration, and what else is in the reservoir. */
export function drugInWords(therapy: Timeline, segment: Segment): string {
  return [concentrationInWords(segment.concentrationUgPerMl), othersInWords(drugsBeside(therapy, segment))]
    .filter((text) => text)
    .map((text) => `; ${text}`)
    .join('');
}

/** `concentration 2000 ug/mL`. */
export const concentrationInWords = (concentration: UgPerMl | undefined): string | undefined =>
  concentration && `concentration ${toNumber(concentration, 6)} ug/mL`;

/** `with clonidine 150 ug/mL in the same reservoir`; empty where nothing else is. */
export function othersInWords(drugs: Drugs | undefined): string {
  const names = new Set(drugs?.map(otherInWords));
  return names.size > 0 ? `with ${[...names].join(', ')} in the same reservoir` : '';
}

/** `clonidine 150 ug/mL`. */
export function otherInWords({ name, concentrationUgPerMl }: Drugs[number]): string {
  return concentrationUgPerMl === undefined ? name : `${name} ${concentrationUgPerMl} ug/mL`;
}

/** What the programme names; else what was filled last before it began, and until it ended. */
function drugsBeside(therapy: Timeline, segment: Segment): Drugs {
  if (segment.program.additionalDrugs) return segment.program.additionalDrugs;
  const fills = therapy.fills.filter(({ pumpKey }) => pumpKey === segment.pumpKey);
  const from = fills.findLastIndex((fill) => !isBefore(segment.start, placeInTime(fill.entry)));
  return fills
    .slice(Math.max(0, from))
    .flatMap((fill) => (isWithin(fill, segment) ? (fill.fill.additionalDrugs ?? []) : []));
}

const isWithin = ({ entry }: FillRecord, { end }: Segment): boolean => !end || isBefore(placeInTime(entry), end);
