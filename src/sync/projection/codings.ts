import type { CodeableConcept, Coding, Resource } from '@medplum/fhirtypes';
import { canonicalBase } from '../../fhir/systems.ts';
import type { ResourceCapability } from '../capability.ts';
import type { CodeSubstitution } from '../destination.ts';

export type CodingPolicy = ResourceCapability['codingPolicy'];

/** Every concept with the codes that the server takes, and the site's own in place of ours where it names some. */
export function withCodings<R extends Resource>(
  resource: R,
  policy: CodingPolicy,
  substitutions: readonly CodeSubstitution[],
): R {
  return policy === 'any' && substitutions.length === 0
    ? resource
    : (rewritten(resource, (concept) => adapted(concept, policy, substitutions)) as R);
}

/** A concept that lost its last code keeps what it says in words. */
function adapted(
  { coding: given = [], ...concept }: CodeableConcept,
  policy: CodingPolicy,
  substitutions: readonly CodeSubstitution[],
): CodeableConcept {
  const all = given.map((coding) => substituted(coding, substitutions));
  const coding = kept[policy](all).map(({ coding: each }) => each);
  if (coding.length > 0) return { ...concept, coding };
  const text = concept.text ?? given.find(({ display }) => display)?.display;
  return { ...concept, ...(text && { text }) };
}

interface Adapted {
  readonly coding: Coding;
  readonly origin: 'standard' | 'ours' | 'of-the-site';
}

function substituted(coding: Coding, substitutions: readonly CodeSubstitution[]): Adapted {
  const { system, code } = coding;
  const found = substitutions.find(({ from }) => from.system === system && from.code === code);
  if (found) return { coding: { ...found.to }, origin: 'of-the-site' };
  return { coding, origin: system?.startsWith(`${canonicalBase}/`) ? 'ours' : 'standard' };
}

const kept: Readonly<Record<CodingPolicy, (all: readonly Adapted[]) => readonly Adapted[]>> = {
  any: (all) => all,
  'standard-only': (all) => all.filter(({ origin }) => origin === 'standard'),
  'proprietary-only': (all) => all.filter(({ origin }) => origin !== 'standard'),
  'not-both': (all) => firstOf(all, 'of-the-site') ?? firstOf(all, 'standard') ?? all,
};

function firstOf(all: readonly Adapted[], wanted: Adapted['origin']): readonly Adapted[] | undefined {
  const found = all.filter(({ origin }) => origin === wanted);
  return found.length > 0 ? found : undefined;
}

function rewritten(value: unknown, change: (concept: CodeableConcept) => CodeableConcept): unknown {
  if (Array.isArray(value)) return value.map((item) => rewritten(item, change));
  if (typeof value !== 'object' || value === null) return value;
  if ('coding' in value) return change(value as CodeableConcept);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, rewritten(child, change)]));
}
