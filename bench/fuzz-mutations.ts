/** Ways to spoil a text, each drawn from one stream of numbers: the same seed spoils the same way. */

/** Whole numbers from 0 up to but without `below`. */
export type Draw = (below: number) => number;

/** Mulberry32: small, and good enough to choose where to spoil. */
export function drawsFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(below, 1);
  };
}

/** What means something to one reader or another, or to what lies behind it. */
const tokens: readonly string[] = [
  ...['\0', '\ufeff', '\ud800', '\udfff', '\u2028', '\u202e', '\r', '\n', '\r\n', '\t', '\v', '\u001c', '"', '""', "'"],
  ...[
    '|',
    '^',
    '~',
    '\\',
    '&',
    '\\.br\\',
    '\\X',
    '\\X00\\',
    '\\XFF\\',
    '\\F\\',
    '\\S',
    ',',
    ';',
    '{',
    '}',
    '[',
    ']',
    ':',
  ],
  ...['-', '-0', '0', '1e999', '1e-999', '9'.repeat(400), '0.1', '1,5', 'NaN', 'null', 'true', '{}', '[]', '""'],
  ...['=1+1', '@SUM(A1)', '+1', '#REF!', '4-May', '1.00E+12', 'mg', 'ug/d', 'mL', '>5', '5-6'],
  ...['2024-02-30', '20240230', '2024-03-10T02:30:00', '20241103013000', '9999', '00000000', '+2600'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'MSH|^~\\&|',
    'OBX|',
    'OBR|',
    'PID|',
    'RXA|',
    'MRG|',
    'BHS|',
    'BTS|9',
    'FTS|',
  ],
  ...['"resourceType":', '"Bundle"', '"entry":', '"contained":', '"reference":"#x"', '"value":', '"identifier":'],
];

const values: readonly unknown[] = [
  ...[null, true, 0, -1, 1e308, '', 'x', '\ud800', '\0', [], {}, [null], [[]], { a: 1 }, 'a'.repeat(5_000)],
  ...['2024-13-01', '#', '#x', 'Patient/1', { reference: 7 }, { value: '1' }, [{ system: 1 }]],
];

/** One to four ways together. `others`: right texts of the same format, to take pieces from. */
export function spoiled(text: string, others: readonly string[], draw: Draw): string {
  let result = text;
  for (let times = 1 + draw(4); times > 0; times--) result = spoiledOnce(result, others, draw);
  return result.length > longest ? result.slice(0, longest) : result;
}

const longest = 50_000;

function spoiledOnce(text: string, others: readonly string[], draw: Draw): string {
  const at = draw(text.length + 1);
  const length = 1 + draw(draw(2) === 0 ? 4 : 80);
  const piece = text.slice(at, at + length);
  const without = text.slice(0, at) + text.slice(at + length);
  switch (draw(9)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return without;
    case 2:
      return text.slice(0, at) + piece.repeat(2 + draw(20)) + text.slice(at + length);
    case 3:
      return text.slice(0, at) + String.fromCharCode(draw(draw(2) === 0 ? 128 : 65_536)) + text.slice(at + 1);
    case 4:
      return text.slice(0, at) + tokenOf(draw) + text.slice(at + (draw(2) === 0 ? 0 : length));
    case 5: {
      const other = others[draw(others.length)] ?? '';
      return text.slice(0, at) + other.slice(draw(other.length + 1));
    }
    case 6:
      return without.slice(0, draw(without.length + 1)) + piece + without.slice(draw(without.length + 1));
    case 7:
      return linesMoved(text, draw);
    default:
      return valueReplaced(text, draw);
  }
}

const tokenOf = (draw: Draw): string => tokens[draw(tokens.length)] as string;

function linesMoved(text: string, draw: Draw): string {
  const lines = text.split(/(?<=[\r\n])/);
  const [line = ''] = lines.splice(draw(lines.length), 1);
  lines.splice(draw(lines.length + 1), 0, ...(draw(3) === 0 ? [line, line] : [line]));
  return lines.join('');
}

/** Of JSON a member, of all else the text between two separators. */
function valueReplaced(text: string, draw: Draw): string {
  if (text.startsWith('{')) {
    try {
      return JSON.stringify(memberReplaced(JSON.parse(text), draw));
    } catch {
      return text;
    }
  }
  const fields = text.split(/(?=[|^,])/);
  const at = draw(fields.length);
  fields[at] = (fields[at]?.charAt(0) ?? '') + tokenOf(draw);
  return fields.join('');
}

function memberReplaced(value: unknown, draw: Draw): unknown {
  if (typeof value !== 'object' || value === null || draw(6) === 0) return values[draw(values.length)];
  const keys = Object.keys(value);
  if (keys.length === 0) return values[draw(values.length)];
  const key = keys[draw(keys.length)] as keyof typeof value;
  if (draw(12) === 0) {
    if (Array.isArray(value)) return value.toSpliced(Number(key), 1);
    const { [key]: _, ...rest } = value;
    return rest;
  }
  const changed = memberReplaced(value[key], draw);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}
