import type { Source } from './compile.ts';
import { fault, type Trouble, troubleAt } from './fault.ts';
import { subIdOf } from './groups.ts';
import type { FieldValue } from './record.ts';
import type { Segment } from './scope.ts';
import type { Uses } from './uses.ts';

/** The observations (OBX) of a group by the names that rows use, translated from OBX-3. */
export interface Observed {
  named(name: string): readonly Observation[];
  /** Those whose code is not mapped: what they say cannot be told, so the event is held. */
  readonly troubles: readonly Trouble[];
}

export interface Observation {
  readonly name: string;
  readonly segment: Segment;
  readonly subId: string;
}

export function observedIn(source: Source, segments: readonly Segment[], uses: Uses): Observed {
  const troubles: Trouble[] = [];
  const found: Observation[] = [];
  if (source.observations) {
    for (const segment of segments) {
      if (segment.name !== 'OBX') continue;
      const name = nameOf(source, segment, uses);
      if (typeof name === 'string') found.push({ name, segment, subId: subIdOf(segment) });
      else if (name) troubles.push(name);
    }
  }
  const byName = Map.groupBy(found, ({ name }) => name);
  return { troubles, named: (name) => byName.get(name) ?? [] };
}

/** Its name, or why it has none; undefined where the map ignores it. */
function nameOf(source: Source, segment: Segment, uses: Uses): string | Trouble | undefined {
  const known = uses.nameOf(segment);
  if (known !== undefined) return known;
  const [code] = segment.at('OBX-3.1');
  if (!code) {
    const [first] = segment.values as [FieldValue];
    return troubleAt(fault('code-unmapped', 'the observation has no code'), first.place);
  }
  const [stated] = segment.at('OBX-3.3');
  const { ignored = [] } = source.map.observations ?? {};
  const decided = ignored.find(
    (it) => it.code === code.text && (it.system === undefined || it.system === stated?.text),
  );
  if (decided) {
    uses.ignore(segment.values, decided.reason);
    return undefined;
  }
  const system = codeSystemOf(source, stated);
  const name = source.observations?.translate(code.text, system);
  if (name === undefined) {
    const display = segment.at('OBX-3.2')[0]?.text;
    const unmapped = source.observations && { ...source.observations.unmapped(code.text, system), display };
    return troubleAt({ ...fault('code-unmapped', 'no row in the code map of observations'), unmapped }, code.place);
  }
  uses.name(segment, name);
  for (const leaf of ['OBX-2.1', 'OBX-3.1', 'OBX-3.3', 'OBX-4.1']) {
    for (const value of segment.at(leaf)) uses.claim(value, 'which observation it is');
  }
  return name;
}

/** URI of a code system as messages name it: that of the map, else one made of the name. */
export function codeSystemOf({ map }: Source, stated: FieldValue | undefined): string {
  const name = stated?.text ?? '';
  return (Object.hasOwn(map.codeSystems, name) ? map.codeSystems[name] : undefined) ?? `urn:x-hl7-code-system:${name}`;
}
