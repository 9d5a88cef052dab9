import { linksThere } from '../operate/links-there.ts';
import type { Link } from '../sync/plan.ts';
import { worklistCsv, worklistNdjson, worklistRows } from '../sync/worklist/rows.ts';
import { atDestination } from './chosen-destination.ts';

/** Prints what a human has to enter there, oldest event first. It names patients: it is for the hospital's own people. */
export function worklist(configPath: string | undefined, named: string, format: 'csv' | 'ndjson'): Promise<number> {
  return atDestination(configPath, named, async (app, { destination: { tenant, name } }) => {
    const links: Link[] = [];
    for await (const some of linksThere(app.store.db, { tenant, destination: name }, 'Task')) links.push(...some);
    const rows = worklistRows(links);
    process.stdout.write(format === 'csv' ? worklistCsv(rows) : worklistNdjson(rows));
    const count = (action: 'enter' | 'remove') => rows.filter((row) => row.action === action).length;
    console.error(
      `${name}: ${count('enter')} to enter, ${count('remove')} to remove. The list names patients: pass it to the hospital's own people alone.`,
    );
    return 0;
  });
}
