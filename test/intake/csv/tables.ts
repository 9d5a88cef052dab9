import { join } from 'node:path';
import { loadCodes } from '../../../src/fhir/codes.ts';
import type { CsvContext } from '../../../src/intake/csv/file.ts';
import { readCsvText } from '../../../src/intake/csv/read.ts';
import type { Item } from '../../../src/intake/item.ts';
import { loadSources, type Sources } from '../../../src/intake/source/load.ts';

export const mappingsDir = join(import.meta.dirname, '../../../mappings');

let loaded: Sources | undefined;

/** The field maps as they are shipped. */
export function shippedSources(): Sources {
  loaded ??= loadSources(mappingsDir, loadCodes(mappingsDir, { packs: [] }));
  return loaded;
}

const always = {
  event_type: 'dose-change',
  occurred_at: '2026-11-03T10:15:00-06:00',
  mrn: 'MRN0012345',
  mrn_system: 'urn:oid:2.16.840.1.113883.19.5',
  pump_manufacturer: 'ACME Neuro',
  pump_serial: 'ACM123456H',
  infusion_mode: 'simple-continuous',
  daily_dose_ug: '220',
  concentration_ug_ml: '2000',
};

let count = 0;

/** A dose change as a row, with what is to be different. */
export const doseChange = (changed: Record<string, string> = {}): Record<string, string> => ({
  source_event_id: `D${++count}`,
  ...always,
  ...changed,
});

export function csvOf(rows: readonly Record<string, string>[], delimiter = ',', lineEnd = '\n'): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (text = '') =>
    /["\n\r]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  return lines.map((cells) => cells.join(delimiter) + lineEnd).join('');
}

export const read = (text: string, context: Partial<CsvContext> = {}) =>
  readCsvText(text, { sources: shippedSources(), ...context });

/** Code, row and column of each problem; of an event its id. */
export const toldOf = (items: readonly Item[]) =>
  items.map((item) => {
    if ('event' in item) return item.event.source.eventId;
    if ('leftAlone' in item) return item.leftAlone.code;
    return item.problems.map(({ code, place }) =>
      [code, place?.row, place?.field].filter((part) => part !== undefined).join(' '),
    );
  });
