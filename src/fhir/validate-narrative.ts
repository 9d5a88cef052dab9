/** Whether the text of a Narrative is the small, safe XHTML that FHIR R4 allows (its rules `txt-1` and `txt-2`). */

const allowed = new Set(
  (
    'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em ' +
    'h1 h2 h3 h4 h5 h6 hr i img ins kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th ' +
    'thead tr tt ul var'
  ).split(' '),
);

/** What is wrong with the text, or `undefined`. Nothing of the text is quoted. */
export function narrativeProblem(div: string): string | undefined {
  const reading: Reading = { open: [], hasContent: false };
  if (!/^\s*<div(?:\s[^>]*)?\sxmlns=(["'])http:\/\/www\.w3\.org\/1999\/xhtml\1/.test(div)) {
    return 'txt-1: The text is a div of XHTML';
  }
  for (const part of div.trim().match(parts) ?? []) {
    const problem = read(part, reading);
    if (problem) return problem;
  }
  if (reading.open.length > 0) return notWellFormed;
  return reading.hasContent ? undefined : 'txt-2: The text has some content';
}

interface Reading {
  /** Names of the elements that are open, outermost first; undefined once the div was closed. */
  readonly open: string[];
  hasContent: boolean;
  isClosed?: boolean;
}

const parts = /<!--[\s\S]*?-->|<[^<>]*>|[^<]+|</g;
const tag = /^<(\/?)([A-Za-z][A-Za-z\d]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>$/;
const entities = /&(?!(?:\w+|#\d+|#x[\da-f]+);)/i;
const active = /\son\w+\s*=|(?:href|src)\s*=\s*["']\s*(?:javascript|vbscript):/i;
const notWellFormed = 'txt-1: The text is not well-formed XHTML';

function read(part: string, reading: Reading): string | undefined {
  if (part.startsWith('<!--')) return undefined;
  if (reading.isClosed || entities.test(part)) return notWellFormed;
  if (!part.startsWith('<')) {
    reading.hasContent ||= part.trim() !== '';
    return undefined;
  }
  const [, closing, name = '', attributes = '', alone] = tag.exec(part) ?? [];
  if (closing === undefined) return notWellFormed;
  if (!allowed.has(name) || active.test(attributes)) return 'txt-1: The text holds what a narrative must not hold';
  return closing ? close(name, reading) : opened(name, alone === '/', reading);
}

function opened(name: string, isAlone: boolean, reading: Reading): undefined {
  reading.hasContent ||= name === 'img';
  if (!isAlone) reading.open.push(name);
}

function close(name: string, reading: Reading): string | undefined {
  if (reading.open.pop() !== name) return notWellFormed;
  reading.isClosed = reading.open.length === 0;
  return undefined;
}
