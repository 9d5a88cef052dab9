import type { Scope } from './scope.ts';
import { type SourcePath, sourcePath } from './source-path.ts';

/** A text made of fields: `{OBR-3.1}^{OBR-3.2?}/{type}`. What is absent and may be takes the text before it along. */
export interface Template {
  readonly parts: readonly Part[];
}

type Part = { readonly literal: string } | { readonly word: 'type' | 'subId' | 'group' } | FieldPart;

interface FieldPart {
  readonly path: SourcePath;
  readonly isOptional: boolean;
}

export interface Filling {
  readonly scope: Scope;
  readonly type: string;
  readonly subId: string;
  /** Number of the group in its message, from 1. */
  readonly group: string;
}

/** Undefined where a field in it is no path of the format. */
export function templateOf(text: string, format: 'csv' | 'hl7v2'): Template | undefined {
  const parts = text.split(/(\{[^}]*\})/).filter((part) => part !== '');
  const taken = parts.map((part) => partOf(part, format));
  return taken.every((part) => part !== undefined) ? { parts: taken } : undefined;
}

function partOf(text: string, format: 'csv' | 'hl7v2'): Part | undefined {
  if (!text.startsWith('{')) return { literal: text };
  const inner = text.slice(1, -1);
  if (inner === 'type' || inner === 'subId' || inner === 'group') return { word: inner };
  const path = sourcePath(inner.replace(/\?$/, ''), format);
  return path && { path, isOptional: inner.endsWith('?') };
}

/** The text, or the path that it needs and that holds nothing. */
export function fill({ parts }: Template, filling: Filling): { text: string } | { missing: SourcePath } {
  let text = '';
  let before = '';
  for (const part of parts) {
    if ('literal' in part) {
      text += before;
      before = part.literal;
      continue;
    }
    const value = 'word' in part ? filling[part.word] : filling.scope.find(part.path)[0]?.text;
    if (!value && 'path' in part && !part.isOptional) return { missing: part.path };
    text += value ? before + value : '';
    before = '';
  }
  return { text: text + before };
}

export const pathsOf = ({ parts }: Template): SourcePath[] =>
  parts.flatMap((part) => ('path' in part ? [part.path] : []));

/** The same text made of other fields: of `TXA-13` where it says `TXA-12`. */
export function withField({ parts }: Template, from: string, to: string): Template {
  const moved = (leaf: string) => (leaf.startsWith(`${from}.`) ? `${to}${leaf.slice(from.length)}` : leaf);
  return {
    parts: parts.map((part) =>
      'path' in part
        ? { ...part, path: { ...part.path, leaf: moved(part.path.leaf), text: moved(part.path.text) } }
        : part,
    ),
  };
}
