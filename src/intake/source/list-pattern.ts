import type { EventField } from './event-fields.ts';

/** Members of a list in one text: `00:00/18h/8;18:00/2h/20`, read by `{start}/{durationHours}h/{rateUgPerHour}`. */
export interface ListPattern {
  readonly separator: string | undefined;
  readonly forms: readonly Form[];
}

/** What stands before, between and after the fields of a member; one more than there are fields. */
interface Form {
  readonly literals: readonly string[];
  readonly fields: readonly { readonly name: string; readonly field: EventField }[];
}

/** One member: its fields by name, each with how it is read. */
export type Member = readonly { readonly name: string; readonly field: EventField; readonly text: string }[];

export function listPattern(
  row: { readonly pattern?: string | readonly string[] | undefined; readonly separator?: string | undefined },
  fieldOf: (name: string) => EventField | undefined,
): ListPattern | { readonly fault: string } {
  const forms: Form[] = [];
  for (const pattern of [row.pattern ?? []].flat()) {
    const names = [...pattern.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
    const literals = pattern.split(/\{[^}]*\}/);
    const fields = names.flatMap((name) => {
      const field = fieldOf(name);
      return field ? [{ name, field }] : [];
    });
    const unknown = names.find((name) => !fieldOf(name));
    if (unknown !== undefined) return { fault: `members of this list have no field ${unknown}` };
    if (literals.slice(1, -1).includes('')) return { fault: 'two fields need something between them' };
    forms.push({ literals, fields });
  }
  return { separator: row.separator, forms };
}

/** Undefined where a member is not written in any of the forms. */
export function membersOf({ separator, forms }: ListPattern, text: string): Member[] | undefined {
  const members = (separator === undefined ? [text] : text.split(separator)).map((part) =>
    memberOf(forms, part.trim()),
  );
  return members.every((member) => member !== undefined) ? members : undefined;
}

function memberOf(forms: readonly Form[], text: string): Member | undefined {
  for (const { literals, fields } of forms) {
    const texts = textsBetween(literals, text);
    if (texts) return fields.map((it, n) => ({ ...it, text: texts[n] as string }));
  }
  return undefined;
}

/** Each field ends where what follows it stands for the first time, so that no text, however long, is tried in many ways. */
function textsBetween(literals: readonly string[], text: string): string[] | undefined {
  const [first = '', ...others] = literals;
  if (!text.startsWith(first)) return undefined;
  const texts: string[] = [];
  let from = first.length;
  for (const [n, literal] of others.entries()) {
    const isLast = n === others.length - 1;
    const end = isLast ? text.length - literal.length : text.indexOf(literal, from);
    if (end <= from || !text.startsWith(literal, end)) return undefined;
    texts.push(text.slice(from, end));
    from = end + literal.length;
  }
  return texts;
}
