import type { Place, Problem } from '../../event/problem.ts';
import type { RowPlan } from './compile.ts';
import type { FieldValue } from './record.ts';
import type { SourcePath } from './source-path.ts';

/** Where a sender looks for what is wrong: in the message or the row, not in the event that would have come of it. */

/** Where a value would stand that is not there. */
export function expectedAt(path: SourcePath, base: Place): Place {
  return { ...base, ...(path.segment !== '' && { segment: path.segment }), field: path.text };
}

export function expectedOf({ path, row }: RowPlan, base: Place): Place {
  if (row.observation !== undefined) return { ...base, segment: 'OBX', field: `OBX[${row.observation}]` };
  return path ? expectedAt(path, base) : base;
}

/** Problems of the event, at the places of the source that its fields came from. */
export function translated(
  problems: readonly Problem[],
  rows: readonly RowPlan[],
  origins: ReadonlyMap<string, FieldValue>,
  base: Place,
): Problem[] {
  return problems.map((found) => {
    const path = (found.place?.field ?? '').replace(/^event\./, '');
    const { eventId } = found.place ?? {};
    const place = { ...(origin(path, rows, origins, base) ?? { ...base, field: path }), ...(eventId && { eventId }) };
    return { ...found, message: path === '' ? found.message : `${found.message} (${path})`, place };
  });
}

function origin(
  path: string,
  rows: readonly RowPlan[],
  origins: ReadonlyMap<string, FieldValue>,
  base: Place,
): Place | undefined {
  const from = origins.get(path) ?? [...origins].find(([field]) => isWithin(field, path))?.[1];
  if (from) return from.place;
  const bare = path.replace(/\[\d+\]/g, '[]');
  const row = rows.find(({ to }) => to === bare) ?? rows.find(({ to }) => isWithin(to, bare));
  return row && expectedOf(row, base);
}

export const isWithin = (field: string, path: string): boolean =>
  field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);
