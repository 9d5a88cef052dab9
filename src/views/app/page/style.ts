/**
 * The look that an EHR asks for (SMART App Launch 2.2, `smart_style_url`): colours and lengths, each checked, as values
 * of our style sheet. Anything else in the file is left alone, and colours that could not be read well are not taken.
 */
export function styleValues(style: unknown): ReadonlyMap<string, string> {
  const given = typeof style === 'object' && style !== null ? (style as Record<string, unknown>) : {};
  return new Map([...colours(given), ...lengths(given)]);
}

/** Text and background are taken together or not at all; the accent only where it stands out from the background. */
function colours(given: Readonly<Record<string, unknown>>): [string, string][] {
  const [paper, ink, accent] = ['color_background', 'color_text', 'color_highlight'].map((name) => colour(given[name]));
  if (!paper || !ink || contrast(paper, ink) < enhanced) return [];
  const scheme: [string, string] = ['color-scheme', luminance(paper) > 0.5 ? 'only light' : 'only dark'];
  const both: [string, string][] = [['--paper', inHex(paper)], ['--ink', inHex(ink)], scheme];
  return accent && contrast(paper, accent) >= minimum ? [...both, ['--accent', inHex(accent)]] : both;
}

function lengths(given: Readonly<Record<string, unknown>>): [string, string][] {
  return dimensions.flatMap(({ from, to, least, most }): [string, string][] => {
    const [, digits = '', unit = ''] = /^(\d{1,3}(?:\.\d{1,3})?)(px|rem)$/.exec(String(given[from])) ?? [];
    const pixels = Number(digits) * (unit === 'rem' ? 16 : 1);
    return unit !== '' && pixels >= least && pixels <= most ? [[to, `${digits}${unit}`]] : [];
  });
}

/** In pixels. Within them the page stays readable and its targets stay large enough. */
const dimensions = [
  { from: 'dim_font_size', to: '--text-size', least: 14, most: 24 },
  { from: 'dim_border_radius', to: '--radius', least: 0, most: 24 },
  { from: 'dim_spacing_size', to: '--space', least: 8, most: 32 },
] as const;

type Rgb = readonly [number, number, number];

/** Six or three hexadecimal digits, as the standard writes colours. */
function colour(text: unknown): Rgb | undefined {
  const [, digits = ''] = /^#([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(String(text)) ?? [];
  if (digits === '') return undefined;
  const six = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const at = (n: number) => Number.parseInt(six.slice(n, n + 2), 16);
  return [at(0), at(2), at(4)];
}

const inHex = (rgb: Rgb): string => `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;

/** WCAG 2.2: 1.4.6 for text, which is shown in weaker shades too; 1.4.3 for the accent. */
const enhanced = 7;
const minimum = 4.5;

function contrast(a: Rgb, b: Rgb): number {
  const [lighter, darker] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, relative luminance. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
