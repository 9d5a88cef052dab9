import type { Resource } from '@medplum/fhirtypes';
import { readLine } from '../src/intake/json.ts';
import { contentHash as eventHash } from '../src/ledger/content-hash.ts';
import { hashOf } from '../src/views/read-model/served.ts';
import { foundBy } from '../src/views/read-model/values.ts';
import type { Cells, PatientRows } from './patient-rows.ts';

/**
 * Makes the rows of one patient those of another: record number, event ids and serial numbers get the number of the
 * new one, each identity an id of its own, and each hash is that of the new text.
 */
export function renamer(rows: PatientRows, ownNumber: number): (number: number) => PatientRows {
  const ids = new Set([
    ...rows.issued_identity.map(({ identity }) => identity as string),
    ...rows.patient.map(({ id }) => id as string),
  ]);
  const text = textRenamer(ids, ownNumber);
  const table = (cells: readonly Cells[]) => cells.map((row) => rowRenamer(row, text));
  const tables = {
    patient: table(rows.patient),
    patient_identifier: table(rows.patient_identifier),
    issued_identity: table(rows.issued_identity),
    reading: table(rows.reading),
  };
  const events = rows.event.map((row) => withHashes(rowRenamer(row, text), { content_hash: eventHashOf(row, text) }));
  const resources = rows.resource.map((row) => withHashes(rowRenamer(row, text), resourceHashes(row, text)));
  const values = rows.values.map(table);
  return (number) => ({
    patient: tables.patient.map((row) => row(number)),
    patient_identifier: tables.patient_identifier.map((row) => row(number)),
    issued_identity: tables.issued_identity.map((row) => row(number)),
    reading: tables.reading.map((row) => row(number)),
    event: events.map((row) => row(number)),
    resource: resources.map((row) => row(number)),
    values: values.map((each) => each.map((row) => row(number))),
    versions: 0,
  });
}

type Rename<Made> = (number: number) => Made;

/** The text is cut once where a name stands; each copy only puts the pieces together. */
function textRenamer(ids: ReadonlySet<string>, ownNumber: number): (text: string) => Rename<string> {
  const names = new RegExp(
    `((?:MRN\\d{4}|NGP\\d{6}H|J\\d\\d)-)${ownNumber}(?!\\d)|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{4})([0-9a-f]{8})`,
    'gi',
  );
  return (text) => {
    const pieces: (string | ((number: number) => string))[] = [];
    let end = 0;
    for (const match of text.matchAll(names)) {
      const [whole, name, idStart] = match;
      if (idStart !== undefined && !ids.has(whole)) continue;
      pieces.push(text.slice(end, match.index), name === undefined ? idOf(idStart as string) : (n) => `${name}${n}`);
      end = match.index + whole.length;
    }
    pieces.push(text.slice(end));
    return pieces.length === 1
      ? () => text
      : (number) => pieces.map((piece) => (typeof piece === 'string' ? piece : piece(number))).join('');
  };
}

/** The first 24 digits tell what it is apart from everything else of the patient; the number does the rest. */
const idOf = (start: string) => (number: number) => `${start}${number.toString(16).padStart(8, '0')}`;

function rowRenamer(row: Cells, text: (text: string) => Rename<string>): Rename<Cells> {
  const cells = Object.entries(row).map(([column, cell]) => {
    const renamed = typeof cell === 'string' ? text(cell) : () => cell;
    return [column, renamed] as const;
  });
  return (number) => Object.fromEntries(cells.map(([column, cell]) => [column, cell(number)]));
}

const withHashes =
  (row: Rename<Cells>, hashes: Readonly<Record<string, Rename<string>>>): Rename<Cells> =>
  (number) => ({
    ...row(number),
    ...Object.fromEntries(Object.entries(hashes).map(([column, hash]) => [column, hash(number)])),
  });

/** Of the texts that the program hashes, with the names of the copy in them. */
function resourceHashes({ content }: Cells, text: (text: string) => Rename<string>) {
  const resource = JSON.parse(content as string) as Resource;
  const found = text(JSON.stringify(foundBy(resource)));
  const { resourceType, id, meta, ...rest } = resource;
  const { versionId: _version, lastUpdated: _time, ...labels } = meta ?? {};
  const said = text(JSON.stringify({ resourceType, id, meta: labels, ...rest }));
  return {
    content_hash: (number: number) => hashOf(said(number)),
    found_hash: (number: number) => hashOf(found(number)),
  };
}

function eventHashOf({ payload }: Cells, text: (text: string) => Rename<string>): Rename<string> {
  const renamed = text(payload as string);
  return (number) => {
    const item = readLine(renamed(number), 1, { maxEvents: 1, maxDepth: 20 });
    if (!('event' in item)) throw new Error('a renamed event is refused');
    return eventHash(item.event);
  };
}
