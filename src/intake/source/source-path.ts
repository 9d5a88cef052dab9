/** A path of the language of field maps, taken apart once: `PID-3[5=MR|PI][4.1=STJUDE].1`, or the name of a column. */
export interface SourcePath {
  /** As written in the map. */
  readonly text: string;
  /** HL7 v2: `PID`; of a column: empty. */
  readonly segment: string;
  /** `PID-3.1` in the form that values have, or the column. */
  readonly leaf: string;
  /** What other components of the same repetition have to say. */
  readonly selectors: readonly Selector[];
}

export interface Selector {
  readonly leaf: string;
  readonly oneOf: readonly string[];
}

/** Undefined where the text is no path of this format. */
export function sourcePath(text: string, format: 'csv' | 'hl7v2'): SourcePath | undefined {
  if (format === 'csv') return { text, segment: '', leaf: text, selectors: [] };
  const [, segment, field, selected = '', component, subcomponent] = hl7Path.exec(text) ?? [];
  if (segment === undefined || field === undefined) return undefined;
  const selectors = [...selected.matchAll(selector)].map(([, part = '1', words = '']): Selector => {
    const [of = '1', sub] = part.split('.');
    return { leaf: leafPath(segment, field, of, sub), oneOf: words.split('|') };
  });
  return { text, segment, leaf: leafPath(segment, field, component, subcomponent), selectors };
}

const hl7Path = /^([A-Z][A-Z0-9]{2})-(\d+)((?:\[\d+(?:\.\d+)?=[^\]]+\])*)(?:\.(\d+))?(?:\.(\d+))?$/;
const selector = /\[(\d+(?:\.\d+)?)=([^\]]+)\]/g;

function leafPath(segment: string, field: string, component = '1', subcomponent = '1'): string {
  const path = `${segment}-${field}.${component}`;
  return subcomponent === '1' ? path : `${path}.${subcomponent}`;
}

/** A decision about `PID-5` covers `PID-5.2`, one about `NTE` or `OBX[note]` every field of it; a column covers itself. */
export function covers(decided: string, leaf: string): boolean {
  if (leaf === decided) return true;
  if (isField.test(decided)) return leaf.startsWith(`${decided}.`);
  return isSegment.test(decided) && leaf.startsWith(`${decided}-`);
}

const isField = /^[A-Z][A-Z0-9]{2}(\[.*\])?-\d+(\.\d+)*$/;
const isSegment = /^[A-Z][A-Z0-9]{2}(\[.*\])?$/;
