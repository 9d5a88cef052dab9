import type { Place } from '../../../../event/problem.ts';
import type { Line, Piece } from './shown.ts';

/**
 * An HL7 v2 message as it was sent, one segment a line, nothing decoded. A place names the segment (`OBX[2]`: the second OBX)
 * and the field (`OBX-5.1`); a component is marked where the field does not repeat, else the whole field.
 */
export function hl7Shown(text: string, places: readonly Place[]): Line[] {
  const segments = text.split(/\r\n|\r|\n/).filter((segment) => segment !== '');
  const separator = /^(?:MSH|FHS|BHS)(.)/.exec(segments[0] ?? '')?.[1] ?? '|';
  const wanted = places.flatMap((place) => targetOf(place) ?? []);
  const seen = new Map<string, number>();
  return segments.map((segment) => {
    const name = segment.split(separator, 1)[0] ?? '';
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const targets = wanted.filter((target) => target.segment === name && target.nth === nth);
    return targets.length === 0 ? [{ text: segment }] : withMarks(segment, separator, targets);
  });
}

interface Target {
  readonly segment: string;
  readonly nth: number;
  readonly field: number | undefined;
  readonly component: number | undefined;
}

function targetOf({ segment, field = '' }: Place): Target | undefined {
  const path = field.replace(/\[[^\]]*\]/g, '');
  const [, named, fieldNumber, component] = /^([A-Z][A-Z0-9]{2})(?:-(\d+)(?:\.(\d+))?)?/.exec(path) ?? [];
  const [, name = named, nth = '1'] = /^([A-Z][A-Z0-9]{2})(?:[[#](\d+)\]?)?/.exec(segment ?? '') ?? [];
  if (name === undefined) return undefined;
  return { segment: name, nth: Number(nth), field: numberOf(fieldNumber), component: numberOf(component) };
}

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

function withMarks(segment: string, separator: string, targets: readonly Target[]): Line {
  const parts = segment.split(separator);
  // The separator itself is the first field of a header.
  const offset = /^(?:MSH|FHS|BHS)/.test(segment) ? 1 : 0;
  const whole = targets.some(({ field }) => field === undefined || field - offset >= parts.length);
  return parts.flatMap((part, n): Piece[] => {
    const between = n === 0 ? [] : [{ text: separator }];
    const target = targets.find(({ field }) => field !== undefined && n > 0 && field - offset === n);
    if (target) return [...between, ...fieldMarked(part, target)];
    return [...between, { text: part, ...(whole && n === 0 && { marked: 'near' as const }) }];
  });
}

function fieldMarked(field: string, { component }: Target): Piece[] {
  if (field === '') return [{ text: '', marked: 'near' }];
  const parts = field.split('^');
  const isSimple = !field.includes('~') && component !== undefined && parts.length > 1;
  if (!isSimple) return [{ text: field, marked: 'exact' }];
  if (component > parts.length) return [{ text: field, marked: 'near' }];
  return parts.flatMap((part, n): Piece[] => [
    ...(n === 0 ? [] : [{ text: '^' }]),
    n + 1 === component ? { text: part, marked: part === '' ? 'near' : 'exact' } : { text: part },
  ]);
}
