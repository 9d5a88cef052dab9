import type { App } from '../app.ts';
import { parseEvent } from '../event/parse.ts';
import { inWords } from '../event/problem.ts';
import { ingest } from '../pipeline.ts';
import type { Reported } from '../views/board/options.ts';

/**
 * An event that a person wrote on the board, taken in as any other. One that is none is told back at once: whoever wrote it
 * is there to mend it, so it does not wait in review.
 */
export async function reportFromBoard(
  app: App,
  tenant: string,
  written: object,
  whenAppended: () => void,
): Promise<Reported> {
  const parsed = parseEvent(written);
  if ('problems' in parsed) return { outcome: 'refused', problems: parsed.problems.map(inWords) };
  const [receipt] = await ingest(app, [{ payload: JSON.stringify(written), place: {}, event: parsed.event }], tenant);
  whenAppended();
  const { outcome, problems } = receipt ?? { outcome: 'refused', problems: [] };
  if (outcome === 'refused') return { outcome, problems: problems.map(inWords) };
  return { outcome: outcome === 'left-alone' ? 'duplicate' : outcome };
}
