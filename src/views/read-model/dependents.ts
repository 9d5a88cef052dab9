import type { Resource } from '@medplum/fhirtypes';
import { referredIdentities } from '../../fhir/references.ts';

interface Referring {
  readonly identity: string;
  readonly resource: Resource;
  /** Identities that it can do without. */
  readonly optional?: readonly string[] | undefined;
}

/** These identities and those of everything that needs one of them, over any number of steps. */
export function dependentsOf(identities: ReadonlySet<string>, among: readonly Referring[]): ReadonlySet<string> {
  const found = new Set(identities);
  if (found.size === 0) return found;
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { identity, resource, optional } of among) {
      const needed = referredIdentities(resource).filter((target) => !optional?.includes(target));
      if (needed.some((target) => found.has(target))) found.add(identity);
    }
  }
  return found;
}
