import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Codes, loadCodes } from '../../../src/fhir/codes.ts';
import { loadSources, type Sources } from '../../../src/intake/source/load.ts';

/** The field maps of a site: those that ship, with what a site writes into its copy. */

export const mappingsDir = resolve(import.meta.dirname, '..', '..', '..', 'mappings');

interface Place {
  /** Systems of record numbers, as messages name their authorities. */
  readonly authorities: readonly string[];
  readonly timeZone?: string | undefined;
}

export const codes: () => Codes = () => loadCodes(mappingsDir);

/**
 * Sources by whose names and ids the events of a story come back as they were: the system is MSH-4, the id the number
 * of the order or the document.
 */
export function siteSources({ authorities, timeZone }: Place): Sources {
  const overlay = mkdtempSync(join(tmpdir(), 'itb-site-'));
  mkdirSync(join(overlay, 'sources'));
  const own = (name: string, change: (map: Record<string, unknown>) => void) => {
    const map = JSON.parse(readFileSync(join(mappingsDir, 'sources', `${name}.json`), 'utf8'));
    change(map);
    writeFileSync(join(overlay, 'sources', `${name}.json`), JSON.stringify(map));
  };
  const tableOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
  for (const [name, id] of Object.entries(idOf)) {
    own(name, (map) => {
      map.source = { system: '{MSH-4.1}', eventId: id };
      map.tables = { ...(map.tables as object), authorities: tableOf([...authorities, ...known]) };
      if (timeZone) map.timeZone = timeZone;
      if (name === 'oru-flowsheet') addRow(map, { from: 'OBR-1', to: 'source.sequence' });
    });
  }
  own('canonical-csv', (map) => {
    map.source = { system: '{source_system}', eventId: '{source_event_id}' };
  });
  try {
    return loadSources(mappingsDir, codes(), overlay);
  } finally {
    rmSync(overlay, { recursive: true });
  }
}

const known = ['http://hl7.org/fhir/sid/us-npi'];

const idOf: Readonly<Record<string, string>> = {
  'oru-flowsheet': '{OBR-3.1}',
  'ras-refill': '{ORC-3.1}',
  'mdm-complication': '{TXA-12.1}',
};

/** To the rows that every event of the map has. */
function addRow(map: Record<string, unknown>, row: object): void {
  (map.shared as { result: object[] }).result.push(row);
}
