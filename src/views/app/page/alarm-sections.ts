import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { element, section, table } from './elements.ts';
import { dayInWords, momentInWords } from './moments.ts';
import { inWords } from './words.ts';

/** Alarms that were reported and not reported as over; where none was, since when. */
export function alarmSection({ pumps }: PumpStatus): HTMLElement {
  const standing = pumps.flatMap(({ alarms }) => alarms.standing);
  const words = pumps.flatMap(({ alarms }) => alarms.words ?? []);
  const rows = standing.map(({ code, criticality, at, learnedAt, delivery, words: meaning }) => [
    element('strong', {}, inWords(code)),
    criticality === null ? 'Not recorded' : inWords(criticality),
    momentInWords(at),
    learnedAt === null ? 'Not recorded' : momentInWords(learnedAt),
    `${inWords(`delivery-${delivery}`)}. ${meaning ?? ''}`,
  ]);
  return section(
    'alarms',
    'Alarms',
    rows.length > 0 ? table('Alarms reported and not reported as over', alarmColumns, rows) : null,
    rows.length === 0 ? element('p', {}, words[0] ?? 'No alarm reported.') : null,
  );
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
