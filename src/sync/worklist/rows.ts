import type { Task } from '@medplum/fhirtypes';
import { csvText } from '../../outgoing/csv.ts';
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

/** With a header. */
export const worklistCsv = (rows: readonly WorklistRow[]): string =>
  csvText([columns, ...rows.map((row) => columns.map((column) => row[column]))]);

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

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
