import type { ClinicalEvent } from '../../../src/event/event.ts';
import { everyEvent, typeColumns } from './columns.ts';
import type { Report } from './report.ts';
import { valuesOf } from './values.ts';

/** Reports of a story as a clinic keeps them in a spreadsheet: one a row. */
export function csvOf(reports: readonly Report[]): string {
  const rows = reports.map(rowOf);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => cell(row[column] ?? '')).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Lists that stand in one cell, each with how a member is written there. */
const lists: readonly { path: RegExp; column: string; member: (it: never) => string }[] = [
  { path: /^program\.flexSteps$/, column: 'flex_steps', member: step },
  { path: /^pumpLog$/, column: 'pump_log', member: ({ code, at }: { code: string; at: string }) => `${code}@${at}` },
  { path: /^symptoms$/, column: 'complication_symptoms', member: String },
  { path: /^removed$/, column: 'device_role', member: String },
  { path: /^parts$/, column: 'scale_parts', member: part },
  { path: /^allergies$/, column: 'allergies', member: String },
  { path: /^earlierOralTherapy$/, column: 'earlier_oral_therapy', member: String },
  { path: /^withdrawalSigns$/, column: 'plan_withdrawal_signs', member: String },
  { path: /^overdoseSigns$/, column: 'plan_overdose_signs', member: String },
  { path: /^restrictions$/, column: 'plan_restrictions', member: restriction },
  {
    path: /^contacts$/,
    column: 'plan_contacts',
    member: (it: { role: string; telephone: string }) => `${it.role}/${it.telephone}`,
  },
  { path: /^prnDrugs$/, column: 'plan_prn_drugs', member: String },
  { path: /^currentMedication$/, column: 'plan_current_medication', member: String },
  { path: /^careTeam$/, column: 'plan_care_team', member: String },
];

function step({ start, end, doseUg }: { start: string; end: string; doseUg: number }): string {
  return `${start}-${end}/${doseUg}`;
}

function part({ part: name, value, unit }: { part: string; value: unknown; unit?: string }): string {
  return `${name}=${value}${unit === undefined ? '' : ` [${unit}]`}`;
}

function restriction({ text, until }: { text: string; until?: string }): string {
  return `${text}${until === undefined ? '' : ` [until ${until}]`}`;
}

type Row = Record<string, string>;

function rowOf(report: Report): Row {
  const { event, happened, standing, patient } = report;
  const { type, occurredAt, recordedAt, timeZone } = event;
  const envelope: Row = {
    source_system: event.source.system,
    source_event_id: event.source.eventId,
    event_type: happened.type,
    mrn: patient.value,
    mrn_system: patient.system,
    test: event.test ? 'Y' : 'N',
    ...(event.source.sequence !== undefined && { source_sequence: String(event.source.sequence) }),
    ...(recordedAt !== undefined && { recorded_at: recordedAt }),
    ...(timeZone !== undefined && { time_zone: timeZone }),
  };
  if (standing === 'new') return { ...payload(happened), ...envelope };
  const reason = (type === 'correction' || type === 'void') && event.reason ? event.reason : '';
  const amended: Row = {
    status: standing === 'correction' ? 'corrected' : 'withdrawn',
    supersedes_event_id: type === 'correction' ? event.replaces : type === 'void' ? event.voids : '',
    amendment_reason: reason,
    amended_at: occurredAt,
  };
  return { ...payload(happened), ...envelope, ...amended };
}

const elsewhere = new Set(['type', 'schemaVersion', 'source', 'patient', 'test', 'extra']);

function payload(happened: ClinicalEvent): Row {
  const row: Row = {};
  const fields = Object.fromEntries(Object.entries(happened).filter(([name]) => !elsewhere.has(name)));
  for (const { path, value } of valuesOf(fields)) {
    const column = typeColumns[happened.type]?.[path] ?? everyEvent[path];
    if (column !== undefined) row[column] = typeof value === 'boolean' ? (value ? 'Y' : 'N') : String(value);
    else if (!path.includes('[]')) throw new Error(`no column for ${happened.type} ${path}`);
  }
  for (const { column, text } of listsIn(fields)) row[column] = text;
  return row;
}

function listsIn(fields: object, above = ''): { column: string; text: string }[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const path = above === '' ? name : `${above}.${name}`;
    if (path === 'program.weekdayPatterns') return weekdays(value);
    if (!Array.isArray(value)) return typeof value === 'object' && value !== null ? listsIn(value, path) : [];
    const list = lists.find((it) => it.path.test(path));
    if (!list) throw new Error(`no column for ${path}`);
    return [{ column: list.column, text: value.map((it) => list.member(it as never)).join(';') }];
  });
}

interface Pattern {
  readonly days: readonly string[];
  readonly doseUgPerDay: number;
  readonly flexSteps: readonly { start: string; end: string; doseUg: number }[];
}

const weekdays = (patterns: readonly Pattern[]): { column: string; text: string }[] =>
  patterns.flatMap(({ days, doseUgPerDay, flexSteps }, n) => [
    { column: `weekday_${n + 1}_days`, text: days.join(';') },
    { column: `weekday_${n + 1}_daily_dose_ug`, text: String(doseUgPerDay) },
    { column: `weekday_${n + 1}_flex_steps`, text: flexSteps.map(step).join(';') },
  ]);
