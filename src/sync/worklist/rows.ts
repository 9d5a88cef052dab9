import type { Task } from '@medplum/fhirtypes';
import type { Link } from '../plan.ts';

/** One entry of the list that a human works through. It holds a record number: for the hospital's own people only. */
export interface WorklistRow {
  readonly identity: string;
  /** `remove`: it was entered in error, and what was entered of it has to go. */
  readonly action: 'enter' | 'remove';
  readonly patientSystem: string;
  readonly patientIdentifier: string;
  readonly title: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly text: string;
}

/** The entries among the links of a destination, oldest event first. */
export function worklistRows(links: Iterable<Link>): WorklistRow[] {
  const rows = [...links].filter(({ resourceType }) => resourceType === 'Task').map(rowOf);
  return rows.sort((a, b) => compare(a.occurredAt, b.occurredAt) || compare(a.identity, b.identity));
}

/** RFC 4180, with a header; lines end with CRLF. */
export function worklistCsv(rows: readonly WorklistRow[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

/** One JSON object a line. */
export const worklistNdjson = (rows: readonly WorklistRow[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const columns = [
  'identity',
  'action',
  'patientSystem',
  'patientIdentifier',
  'title',
  'occurredAt',
  'recordedAt',
  'text',
] as const satisfies readonly (keyof WorklistRow)[];

function rowOf({ identity, state, content }: Link): WorklistRow {
  const task = content as Task;
  const values = (task.input ?? []).map(({ valueDateTime, valueString }) => ({ valueDateTime, valueString }));
  return {
    identity,
    action: state === 'voided' ? 'remove' : 'enter',
    patientSystem: task.for?.identifier?.system ?? '',
    patientIdentifier: task.for?.identifier?.value ?? '',
    title: task.description ?? '',
    occurredAt: values.find(({ valueDateTime }) => valueDateTime)?.valueDateTime ?? '',
    recordedAt: task.authoredOn ?? '',
    text: values.find(({ valueString }) => valueString)?.valueString ?? '',
  };
}

/** A spreadsheet takes a cell that begins so for a formula: a quote before it makes it text. */
function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
