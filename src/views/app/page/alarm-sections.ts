import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { type AlarmsTold, alarmsOf } from './alarms-told.ts';
import { element, section, table } from './elements.ts';
import { dayInWords, momentInWords } from './moments.ts';
import { inWords } from './words.ts';

/** Alarms that were reported and not reported as over; of each pump where none was, since when. */
export function alarmSection({ pumps }: PumpStatus): HTMLElement {
  const told = alarmsOf(pumps);
  return section(
    'alarms',
    'Alarms',
    told.length === 0 ? element('p', {}, 'No alarm reported.') : null,
    told.map(({ name, standing, words }) => [
      name === null ? null : element('h3', {}, `Pump ${name}`),
      standing.length > 0 ? alarmTable(name, standing) : element('p', {}, words),
    ]),
  );
}

function alarmTable(name: string | null, standing: AlarmsTold['standing']): HTMLElement {
  const rows = standing.map(({ code, criticality, at, learnedAt, delivery, words: meaning }) => [
    element('strong', {}, inWords(code)),
    criticality === null ? 'Not recorded' : inWords(criticality),
    momentInWords(at),
    learnedAt === null ? 'Not recorded' : momentInWords(learnedAt),
    `${inWords(`delivery-${delivery}`)}. ${meaning ?? ''}`,
  ]);
  const caption = 'Alarms reported and not reported as over';
  return table(name === null ? caption : `${caption}: pump ${name}`, alarmColumns, rows);
}

/** Complications that were not reported as over. */
export function complicationSection({ openComplications }: PumpStatus): HTMLElement {
  const rows = openComplications.map(({ code, at, severity, outcome, source }) => [
    element('strong', {}, inWords(code)),
    momentInWords(at),
    severity === null ? 'Not recorded' : inWords(severity),
    outcome === null ? 'Not recorded' : inWords(outcome),
    `${source.system}, as of ${dayInWords(at)}`,
  ]);
  return section(
    'complications',
    'Open complications',
    rows.length > 0
      ? table('Complications reported and not reported as over', complicationColumns, rows)
      : element('p', {}, 'No open complication reported.'),
  );
}

const alarmColumns = ['Alarm', 'Criticality', 'Since', 'Learned', 'Meaning for delivery'].map((title) => ({ title }));
const complicationColumns = ['Complication', 'Since', 'Severity', 'Outcome', 'Source'].map((title) => ({ title }));
