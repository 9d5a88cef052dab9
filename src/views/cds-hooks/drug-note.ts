import type { OnePump } from '../pump-status/pump-schema.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';
import type { CardText } from './card.ts';
import { listed } from './markdown.ts';
import { overrideReasons } from './override-reasons.ts';
import type { DrugCode, Indicator } from './settings.ts';
import { aboutTheData, marked } from './status-card.ts';

export interface OrderedDrug {
  readonly kind: 'baclofen' | 'depressant';
  readonly code: DrugCode;
}

/** Another drug is ordered beside a pump: a note to confirm, never that it should not be given, nor a dose. */
export function drugNote(
  ordered: readonly OrderedDrug[],
  pumps: readonly OnePump[],
  status: PumpStatus,
  indicator: Indicator,
): CardText {
  const isRunning = pumps.some(
    ({ programme: { delivery } }) => delivery.value !== null && delivery.words === undefined,
  );
  const what = ordered.some(({ kind }) => kind === 'baclofen')
    ? 'baclofen ordered beside it'
    : 'CNS depressant ordered';
  const pump = isRunning ? 'Intrathecal baclofen pump running' : 'Intrathecal baclofen pump in place';
  return {
    codes: ['other-drug'],
    summary: marked(`${pump}; ${what}: rescue plan or duplicate? Confirm with the pump team.`, status.environment),
    indicator,
    detail: listed([
      ...ordered.map(({ code }) => `Ordered: ${code.display ?? code.code}.`),
      isRunning
        ? 'A pump was reported as delivering intrathecal baclofen.'
        : 'A pump for intrathecal baclofen is in place. Whether it delivers is not known here.',
      ...status.banner.reasons.filter(({ urgency }) => urgency === 'urgent').map(({ words }) => words),
      'The order may be the rescue plan or a duplicate: confirm with the pump team.',
      'The dose of one route cannot be converted to the other.',
      ...aboutTheData(status),
    ]),
    overrideReasons: overrideReasons('rescue-plan', 'intended-together', 'pump-team-informed', 'not-relevant-now'),
  };
}
