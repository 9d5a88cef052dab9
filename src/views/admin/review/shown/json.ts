import type { Place } from '../../../../event/problem.ts';
import type { Line } from './shown.ts';

/** JSON laid out, one value a line; a place names its value by a path (`fill.volumeMl`, `flexSteps[2].doseUg`). */
export function jsonShown(text: string, places: readonly Place[]): Line[] {
  const parsed = parsedJson(text);
  if (!parsed || isDeep(parsed.value, deepestLaidOut)) return text.split(/\r?\n/).map((line) => [{ text: line }]);
  const rows = [...rowsOf(parsed.value, '', '', '')];
  const paths = new Set(rows.map(({ path }) => path));
  const marks = new Map<string, 'exact' | 'near'>();
  for (const { field } of places) {
    const asked = field === undefined ? '' : pathIn(field, parsed.value);
    const found = nearest(asked, paths);
    if (found !== '') marks.set(found, found === asked ? 'exact' : (marks.get(found) ?? 'near'));
  }
  return rows.map(({ path, indent, text: row }) => {
    const marked = marks.get(path);
    return marked ? [{ text: indent }, { text: row, marked }] : [{ text: `${indent}${row}` }];
  });
}

interface Row {
  readonly path: string;
  readonly indent: string;
  readonly text: string;
}

function* rowsOf(value: unknown, path: string, name: string, indent: string, comma = ''): Generator<Row> {
  const members = membersOf(value);
  if (!members || members.length === 0) {
    yield { path, indent, text: `${name}${JSON.stringify(value)}${comma}` };
    return;
  }
  const isArray = Array.isArray(value);
  yield { path, indent, text: `${name}${isArray ? '[' : '{'}` };
  for (const [n, [key, member]] of members.entries()) {
    const inner = isArray ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const label = isArray ? '' : `${JSON.stringify(key)}: `;
    yield* rowsOf(member, inner, label, `${indent}  `, n === members.length - 1 ? '' : ',');
  }
  yield { path: `${path} end`, indent, text: `${isArray ? ']' : '}'}${comma}` };
}

function membersOf(value: unknown): [string, unknown][] | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

/** A place counts from the whole that was sent: of an array its member, of FHIR its resource type, stand before. */
function pathIn(field: string, root: unknown): string {
  const path = Array.isArray(root) ? field : field.replace(/^\[\d+\]\.?/, '');
  const type = (root as { resourceType?: unknown } | null)?.resourceType;
  return typeof type === 'string' && path.startsWith(`${type}.`) ? path.slice(type.length + 1) : path;
}

/** The path itself, or the nearest around it that is there. */
function nearest(path: string, known: ReadonlySet<string>): string {
  for (let left = path; left !== ''; left = left.replace(/(?:^|\.)[^.[\]]*$|\[[^\]]*\]$/, '')) {
    if (known.has(left)) return left;
  }
  return '';
}

/** What is nested without end is shown as it stands. */
const deepestLaidOut = 100;

function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1));
}

function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
