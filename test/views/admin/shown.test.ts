import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/event/problem.ts';
import { markedHtml } from '../../../src/views/admin/review/marked-html.ts';
import { isMarked, type Shown, shown } from '../../../src/views/admin/review/shown/shown.ts';

/** Marked pieces stand in brackets: `[exact]`, `{near}`. */
const drawn = (what: Shown): string[] => {
  const piece = ({ text, marked }: { text: string; marked?: 'exact' | 'near' }) =>
    marked === 'exact' ? `[${text}]` : marked === 'near' ? `{${text}}` : text;
  if (what.kind === 'cells') return what.cells.map((cell) => `${cell.column}=${piece(cell.piece)}`);
  return what.lines.map((line) => line.map(piece).join(''));
};

describe('an HL7 v2 message', () => {
  const message = [
    String.raw`MSH|^~\&|EPIC|STJUDE|A|R|2024||ORU^R01|M1|P|2.5`,
    'PID|1||1^^^A^MR~2^^^B^SS||Doe',
    'OBX|1|NM|dose^Dose^L||200',
    'OBX|2|NM|volume^Volume^L||mg^x',
  ].join('\r');
  const at = (...places: Place[]) => drawn(shown(message, 'hl7v2', places));

  it.each([
    [{ segment: 'OBX[2]', field: 'OBX-5.1' }, 3, 'OBX|2|NM|volume^Volume^L||[mg]^x'],
    [{ segment: 'OBX[2]', field: 'OBX-5.2' }, 3, 'OBX|2|NM|volume^Volume^L||mg^[x]'],
    [{ segment: 'OBX[2]', field: 'OBX-5.3' }, 3, 'OBX|2|NM|volume^Volume^L||{mg^x}'],
    [{ segment: 'OBX#2', field: 'OBX-3' }, 3, 'OBX|2|NM|[volume^Volume^L]||mg^x'],
    [{ segment: 'OBX[1]', field: 'OBX-5.1' }, 2, 'OBX|1|NM|dose^Dose^L||[200]'],
    [{ field: 'OBX-4' }, 2, 'OBX|1|NM|dose^Dose^L|{}|200'],
    [{ field: 'OBX-9' }, 2, '{OBX}|1|NM|dose^Dose^L||200'],
    [{ segment: 'OBX[2]' }, 3, '{OBX}|2|NM|volume^Volume^L||mg^x'],
    [{ field: 'PID-3[5=MR].1' }, 1, 'PID|1||[1^^^A^MR~2^^^B^SS]||Doe'],
    [{ field: 'MSH-9.2' }, 0, String.raw`MSH|^~\&|EPIC|STJUDE|A|R|2024||ORU^[R01]|M1|P|2.5`],
    [{ field: 'MSH-3' }, 0, String.raw`MSH|^~\&|[EPIC]|STJUDE|A|R|2024||ORU^R01|M1|P|2.5`],
  ] as const)('shows %j marked, and nothing else', (place, line, text) => {
    const lines = at(place);
    expect(lines[line]).toBe(text);
    expect(lines.filter((one) => /[[{]/.test(one))).toHaveLength(1);
  });

  it('shows several places at once', () => {
    expect(at({ segment: 'OBX[1]', field: 'OBX-5.1' }, { segment: 'OBX[2]', field: 'OBX-5.1' }).slice(2)).toEqual([
      'OBX|1|NM|dose^Dose^L||[200]',
      'OBX|2|NM|volume^Volume^L||[mg]^x',
    ]);
  });

  it('marks nothing for a segment that is not there', () => {
    expect(isMarked(shown(message, 'hl7v2', [{ segment: 'RXA[1]', field: 'RXA-5.1' }]))).toBe(false);
  });
});

describe('JSON', () => {
  const event = JSON.stringify({
    type: 'refill',
    fill: { volumeMl: 'x' },
    steps: [{ doseUg: 1 }, { doseUg: 2 }],
    extra: {},
  });
  const marked = (field: string | undefined) =>
    drawn(shown(event, undefined, [{ ...(field !== undefined && { field }) }])).filter((line) => /\[\S|\{"/.test(line));

  it('is laid out, one value a line', () => {
    expect(drawn(shown(event, undefined, []))).toEqual([
      '{',
      '  "type": "refill",',
      '  "fill": {',
      '    "volumeMl": "x"',
      '  },',
      '  "steps": [',
      '    {',
      '      "doseUg": 1',
      '    },',
      '    {',
      '      "doseUg": 2',
      '    }',
      '  ],',
      '  "extra": {}',
      '}',
    ]);
  });

  it.each([
    ['fill.volumeMl', ['    ["volumeMl": "x"]']],
    ['[3].fill.volumeMl', ['    ["volumeMl": "x"]']],
    ['steps[1].doseUg', ['      ["doseUg": 2]']],
    ['fill.concentrationUgPerMl', ['  {"fill": {}']],
    ['steps[7].doseUg', ['  {"steps": [}']],
    ['pump', []],
    [undefined, []],
  ])('has %s marked, or what is around it', (field, lines) => {
    expect(marked(field)).toEqual(lines);
  });

  it('of a FHIR resource finds a path that begins with its type', () => {
    const bundle = JSON.stringify({ resourceType: 'Bundle', entry: [{ resource: { id: 'a' } }] });
    expect(drawn(shown(bundle, 'fhir', [{ field: 'Bundle.entry[0].resource.id' }]))).toContain('        ["id": "a"]');
  });

  it('that is none, or is nested without end, is shown as it stands', () => {
    expect(drawn(shown('{"type":\n"re', undefined, []))).toEqual(['{"type":', '"re']);
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(drawn(shown(deep, undefined, []))).toEqual([deep]);
  });

  it('with very many lines is shown around what is marked', () => {
    const long = JSON.stringify({ list: Array.from({ length: 5_000 }, (_, n) => n) });
    const what = shown(long, undefined, [{ field: 'list[4000]' }]);
    if (what.kind !== 'lines') throw new Error('lines were expected');
    expect([what.before, what.lines.length, what.after]).toEqual([3_802, 600, 602]);
    expect(drawn(what)).toContain('    [4000,]');
  });
});

describe('a row of a table', () => {
  const at = (text: string, field: string) => drawn(shown(text, 'csv', [{ row: 7, field }]));

  it('is shown cell by cell under its column', () => {
    expect(at('id,dose,unit\nE1,"1,5",mg', 'dose')).toEqual(['id=E1', 'dose=[1,5]', 'unit=mg']);
    expect(at('\uFEFFid;dose\r\nE1;', 'dose')).toEqual(['id=E1', 'dose={}']);
    expect(at('id\tdose\nE1\t5', 'dose')).toEqual(['id=E1', 'dose=[5]']);
  });

  it('shows a column that is missing, and cells that have none', () => {
    expect(at('id,dose\nE1,5', 'mrn')).toEqual(['id=E1', 'dose=5', 'mrn={}']);
    expect(at('id,dose\nE1,5,6', 'dose')).toEqual(['id=E1', 'dose=[5]', 'column 3=6']);
  });
});

describe('on a page', () => {
  it('nothing that was sent becomes markup, and what nobody sees is shown', () => {
    const { text } = markedHtml(shown('{"a":"<img src=x>\u202Eevil"}', undefined, [{ field: 'a' }]));
    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x&gt;⟨U+202E⟩evil');
    expect(text).toContain('<mark class="exact"><span class="hidden">faulty: </span>');
  });
});
