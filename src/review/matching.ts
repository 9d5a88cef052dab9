import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Database, Environment } from '../store/schema.ts';
import type { ReviewStage } from './review.ts';

/** Which items are meant. What is left out narrows nothing. */
export interface Matching {
  readonly tenant: string;
  readonly environment?: Environment | undefined;
  readonly state: 'open' | 'closed';
  readonly stage?: ReviewStage | undefined;
  readonly code?: string | undefined;
  /** A source system, or the name of a field map. */
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  readonly patientId?: string | undefined;
  /** In the words of the problem, in any case. */
  readonly words?: string | undefined;
  /** When the item was opened, epoch milliseconds; the first inclusive, the second not. */
  readonly openedFromMs?: number | undefined;
  readonly openedBeforeMs?: number | undefined;
}

type Items = ExpressionBuilder<Database, 'review_item'>;

/** As the condition of a query over `review_item`. */
export const matching = (filter: Matching) => (item: Items) => {
  const { environment, stage, code, source, destination, patientId, words } = filter;
  const { openedFromMs, openedBeforeMs } = filter;
  const conditions: (Expression<SqlBool> | undefined)[] = [
    item('tenant', '=', filter.tenant),
    item('closed_at', filter.state === 'open' ? 'is' : 'is not', null),
    environment && item('environment', '=', environment),
    stage && item('stage', '=', stage),
    code === undefined ? undefined : item('code', '=', code),
    source === undefined ? undefined : item.or([item('source_system', '=', source), item('source', '=', source)]),
    destination === undefined ? undefined : item('destination', '=', destination),
    patientId === undefined ? undefined : item('patient_id', '=', patientId),
    words === undefined ? undefined : says(words),
    openedFromMs === undefined ? undefined : item('opened_at', '>=', openedFromMs),
    openedBeforeMs === undefined ? undefined : item('opened_at', '<', openedBeforeMs),
  ];
  return item.and(conditions.filter((condition) => condition !== undefined));
};

/** The words of a problem are ours and in ASCII: lower case is enough, and no character of the question is a wildcard. */
const says = (words: string): Expression<SqlBool> =>
  sql<SqlBool>`lower(problem) like ${`%${words.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;
