import { escaped, message, segment, timestamp } from './er7.ts';
import { ofEveryEvent, ofType, reportCode } from './feed-codes.ts';
import type { Report } from './report.ts';
import { type Value, valuesOf } from './values.ts';

/** A report of a story as an engine would send it. */

export const feeds = {
  'oru-flowsheet': { writes: (report: Report) => report.happened.type in reportCode, write: oru },
  'ras-refill': {
    writes: ({ happened: { type } }: Report) => type === 'refill' || type === 'screening-bolus',
    write: ras,
  },
  'mdm-complication': { writes: ({ happened: { type } }: Report) => type === 'complication', write: mdm },
} as const;

/** What every event has and no observation says. */
const envelope = new Set([
  'type',
  'schemaVersion',
  'source',
  'occurredAt',
  'recordedAt',
  'timeZone',
  'patient',
  'performer',
  'encounter',
  'test',
  'extra',
]);

function oru(report: Report): string {
  const { happened, rootId } = report;
  const obr = segment('OBR', {
    1: report.event.source.sequence === undefined ? '' : String(report.event.source.sequence),
    3: escaped(rootId),
    4: `${reportCode[happened.type]}^^99ITB`,
    7: timestamp(happened.occurredAt),
    22: timestamp(amendedAt(report)),
    25: { new: 'F', correction: 'C', void: 'X' }[report.standing],
  });
  return message([...head(report, 'ORU^R01'), obr, ...observations(report, valuesIn(report), '1')]);
}

function ras(report: Report): string {
  const { happened, rootId } = report;
  const all = valuesIn(report);
  const one = (path: string) => all.find((it) => it.path === path)?.value;
  const isRefill = happened.type === 'refill';
  const amount = isRefill ? one('fill.volumeMl') : one('doseUg');
  const concentration = isRefill ? one('fill.concentrationUgPerMl') : one('concentrationUgPerMl');
  const ndc = one('fill.ndc');
  const inRxa =
    /^(fill\.(volumeMl|concentrationUgPerMl|drug|ndc|lotNumber|expirationDate)|doseUg|concentrationUgPerMl)$/;
  const rxa = segment('RXA', {
    1: '0',
    2: '1',
    3: timestamp(happened.occurredAt),
    5: `^Baclofen^${ndc === undefined ? '' : `^${ndc}^^NDC`}`,
    6: String(amount),
    7: isRefill ? 'mL' : 'ug',
    9: `^${isRefill ? 'Pump reservoir refill' : 'Screening bolus'}`,
    10: who(report),
    13: concentration === undefined ? '' : String(concentration),
    14: concentration === undefined ? '' : 'ug/mL',
    15: String(one('fill.lotNumber') ?? ''),
    16: timestamp(String(one('fill.expirationDate') ?? '')),
    20: 'CP',
    21: { new: 'A', correction: 'U', void: 'D' }[report.standing],
    22: timestamp(amendedAt(report)),
  });
  const others = all.filter(({ path }) => !inRxa.test(path));
  return message([
    ...head(report, 'RAS^O17'),
    segment('ORC', { 1: 'RE', 3: escaped(rootId) }),
    rxa,
    segment('RXR', { 1: 'IT' }),
    ...observations(report, others, '1', 'unsigned'),
  ]);
}

function mdm(report: Report): string {
  const { happened, rootId, standing } = report;
  const txa = segment('TXA', {
    1: '1',
    2: 'CN',
    4: timestamp(happened.occurredAt),
    6: timestamp(amendedAt(report)),
    9: who(report),
    12: standing === 'new' ? escaped(rootId) : escaped(report.event.source.eventId),
    13: standing === 'new' ? '' : escaped(rootId),
    17: 'AU',
  });
  return message([...head(report, 'MDM^T02'), txa, ...observations(report, valuesIn(report), '2', 'unsigned')]);
}

function head(report: Report, type: string): string[][] {
  const { event, patient } = report;
  return [
    segment('MSH', {
      2: '^~\\&',
      3: 'FEED',
      4: escaped(event.source.system),
      7: timestamp(amendedAt(report)),
      9: type,
      10: escaped(event.source.eventId),
      11: event.test ? 'T' : 'P',
      12: '2.5.1',
      18: 'UNICODE UTF-8',
    }),
    segment('PID', { 3: `${escaped(patient.value)}^^^${escaped(patient.system)}^MR` }),
  ];
}

/** When the event was recorded, or when the amendment of it was made. */
const amendedAt = ({ event, standing }: Report): string =>
  (standing === 'new' ? event.recordedAt : event.occurredAt) ?? '';

function who({ happened: { performer } }: Report): string {
  if (!performer) return '';
  const { identifier, display = '' } = performer;
  const authority = identifier ? escaped(identifier.system) : '';
  return [identifier?.value ?? '', escaped(display), '', '', '', '', '', '', authority].join('^').replace(/\^+$/, '');
}

function valuesIn({ happened }: Report): Value[] {
  const payload = Object.entries(happened).filter(([name]) => !envelope.has(name));
  return valuesOf(Object.fromEntries(payload));
}

function observations(
  report: Report,
  values: readonly Value[],
  subId: string,
  signed: 'signed' | 'unsigned' = 'signed',
) {
  const sent = [...diagnosis(values), ...values.filter(({ path }) => !path.startsWith('diagnosis.'))];
  const performer = signed === 'signed' ? who(report) : '';
  return sent.map((value, n) => {
    const { code, unit, type, text } = 'code' in value ? value : observed(report, value);
    const at = 'members' in value ? subIdOf(value, subId) : subId;
    const fields = { 1: String(n + 1), 2: type, 3: `${code}^^99ITB`, 4: at, 5: text, 6: unit, 11: 'F', 16: performer };
    return segment('OBX', fields);
  });
}

/** A member of a list has the number of the list's owner, and its own: 1.2; a list in a list one more: 1.2.3. */
function subIdOf({ path, members }: Value, subId: string): string {
  const isListOfTexts = path.endsWith('[]');
  return [subId, ...(isListOfTexts ? members.slice(0, -1) : members)].join('.');
}

function observed({ happened: { type } }: Report, { path, value }: Value) {
  const sent = ofType[type]?.[path] ?? ofEveryEvent[path];
  if (sent === undefined) throw new Error(`no code for ${type} ${path}`);
  const [code, unit] = typeof sent === 'string' ? [sent, ''] : sent;
  return { code, unit, ...written(path, value) };
}

function written(path: string, value: string | number | boolean): { type: string; text: string } {
  if (typeof value === 'number') return { type: 'NM', text: String(value) };
  if (typeof value === 'boolean') return { type: 'ID', text: value ? 'Y' : 'N' };
  if (/(At|Date|On|\.at|\.since|\.until)$/.test(path)) return { type: 'TS', text: timestamp(value) };
  if (/^\d{2}:\d{2}$/.test(value)) return { type: 'ST', text: value.replace(':', '') };
  return { type: 'ST', text: escaped(value) };
}

const nameOfSystem: Readonly<Record<string, string>> = { 'http://snomed.info/sct': 'SCT' };

/** A coded value stands in one field. */
function diagnosis(values: readonly Value[]): { code: string; unit: string; type: string; text: string }[] {
  const part = (name: string) => values.find(({ path }) => path === `diagnosis.${name}`)?.value;
  if (part('code') === undefined) return [];
  const text = [part('code'), escaped(String(part('display') ?? '')), nameOfSystem[String(part('system'))]].join('^');
  return [{ code: 'diagnosis', unit: '', type: 'CWE', text }];
}
