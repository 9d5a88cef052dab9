import type { App } from '../app.ts';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { refusalKey } from '../findings.ts';
import type { UnmappedCode } from '../intake/item.ts';
import { sourceWord } from '../mapping/source-word.ts';
import type { ReviewItem } from '../review/list.ts';
import { type ListedCode, nearestCodes } from '../review/nearest-codes.ts';
import { itemsOfKept, keptInput } from './kept-input.ts';

/** A code that a table lacks, with what it could be mapped to. */
export interface Mappable extends UnmappedCode {
  /** Every code that its ConceptMap may lead to. */
  readonly targets: readonly ListedCode[];
  /** Those that look most like it. */
  readonly nearest: readonly ListedCode[];
}

const mostSuggested = 5;

/** The codes that an item waits for, as the tables are now. They are the sender's words, so they are for its readers only. */
export async function mappableCodes(app: App, item: ReviewItem): Promise<readonly Mappable[]> {
  const unmapped = await unmappedCodes(app, item);
  return unmapped.flatMap((one) => {
    const targets = app.codes.targetSystems(one.conceptMap).flatMap((system) => app.codes.codesOf(system));
    const said = [one.code, ...(one.display ? [one.display] : [])];
    return targets.length === 0 ? [] : [{ ...one, targets, nearest: nearestCodes(said, targets, mostSuggested) }];
  });
}

async function unmappedCodes(app: App, item: ReviewItem): Promise<readonly UnmappedCode[]> {
  if (item.stage === 'mapping' || item.stage === 'reading') return heldByMapping(app, item);
  if (item.stage !== 'intake') return [];
  const items = await itemsOfKept(app, item);
  if (items === 'not-kept' || 'unreadable' in items) return [];
  const own = items.filter((one) => items.length === 1 || refusalKey(app, one) === item.dedupeKey);
  return own.flatMap((one) => ('problems' in one ? (one.unmapped ?? []) : []));
}

/** Fields of canonical events that mapping looks up in a ConceptMap, by their path without positions. */
const lookedUp: Readonly<Record<string, { readonly map: string; readonly system: string }>> = {
  code: { map: conceptMap.sourceComplication, system: mapSource.complication },
  consequences: { map: conceptMap.sourceComplication, system: mapSource.complication },
  scale: { map: conceptMap.sourceScale, system: mapSource.scale },
  diagnosis: { map: conceptMap.sourceIndication, system: mapSource.indication },
};

async function heldByMapping(app: App, item: ReviewItem): Promise<readonly UnmappedCode[]> {
  const field = item.problem.place?.field ?? '';
  const table = lookedUp[field.replace(/\[\d+\]/g, '')];
  if (item.problem.code !== 'code-unmapped' || !table) return [];
  const kept = await keptInput(app, item);
  if (kept === 'not-kept' || 'unreadable' in kept) return [];
  const event = JSON.parse(kept.text) as { readonly event?: object };
  const stated = valueAt(event.event ?? event, field);
  const words = typeof stated === 'object' ? (stated as { display?: unknown } | null)?.display : stated;
  if (typeof words !== 'string' || words.trim() === '') return [];
  return [{ conceptMap: table.map, system: table.system, code: sourceWord(words), display: words }];
}

const valueAt = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>((inner, step) => (inner as Readonly<Record<string, unknown>> | undefined)?.[step], value);
