import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { element, section, table } from './elements.ts';
import { dayInWords, momentInWords } from './moments.ts';
import { inWords } from './words.ts';

/** Contradictions and values out of the ordinary: nothing where there are none. */
export function conflictSection({ conflicts }: PumpStatus): HTMLElement | null {
  const serious = conflicts.filter(({ severity }) => severity !== 'information');
  if (conflicts.length === 0) return null;
  const rows = (of: typeof conflicts) =>
    of.map(({ asOf, severity, words, source }) => [dayInWords(asOf), inWords(severity), words, source.system]);
  return section(
    'conflicts',
    'To check',
    serious.length > 0 ? table('Contradictions and unusual values, newest first', columns, rows(serious)) : null,
    serious.length < conflicts.length
      ? element(
          'details',
          {},
          element('summary', {}, 'Remarks for information'),
          table('Remarks, newest first', columns, rows(conflicts.filter((one) => !serious.includes(one)))),
        )
      : null,
  );
}

/** Where all of this comes from. */
export function reportSection({ lastEvents, dataAsOf }: PumpStatus): HTMLElement {
  return section(
    'reports',
    'Reports behind this page',
    element('p', {}, dataAsOf.words),
    lastEvents.length > 0
      ? table(
          'The last reports, newest first',
          [{ title: 'Report' }, { title: 'When' }, { title: 'Source' }],
          lastEvents.map(({ type, asOf, source }) => [inWords(type), momentInWords(asOf), source.system]),
        )
      : null,
  );
}

const columns = ['Day', 'Severity', 'What', 'Source'].map((title) => ({ title }));
