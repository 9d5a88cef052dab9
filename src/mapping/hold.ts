import { problem } from '../event/problem.ts';
import { referredIdentities, withoutReferences } from '../fhir/references.ts';
import { validate } from '../fhir/validate.ts';
import type { DesiredResource, Remark } from './built.ts';

/**
 * Hold, never hide: what does not conform holds itself and what refers to it, not the patient. Everything else goes on.
 */
export function holdInvalid(made: readonly DesiredResource[]): { resources: DesiredResource[]; remarks: Remark[] } {
  const remarks: Remark[] = [];
  const held = new Set<string>();
  for (const item of made) {
    const [first] = validate(item.resource, { requireProfile: 'always' });
    if (!first) continue;
    held.add(item.identity);
    const message = `${item.resource.resourceType} at ${first.expression}: ${first.message}`;
    remarks.push(holding(item, 'resource-invalid', message));
  }
  // A builder may make a resource before the one it refers to, as a fill before its procedure: repeat until nothing changes.
  for (let before = 0; before !== held.size; ) {
    before = held.size;
    for (const item of made) {
      if (held.has(item.identity) || !neededBy(item).some((target) => held.has(target))) continue;
      held.add(item.identity);
      remarks.push(holding(item, 'dependency-held', `${item.resource.resourceType} refers to a resource that is held`));
    }
  }
  const kept = made.filter((item) => !held.has(item.identity));
  const there = new Set(kept.map((item) => item.identity));
  return { resources: kept.map((item) => withoutAbsent(item, there)), remarks };
}

function neededBy({ resource, optional }: DesiredResource): string[] {
  return referredIdentities(resource).filter((target) => !optional?.includes(target));
}

/** What a resource only names where it is there is left out where it is held, or was never made. */
function withoutAbsent(item: DesiredResource, there: ReadonlySet<string>): DesiredResource {
  const absent = new Set(item.optional?.filter((target) => !there.has(target)));
  return absent.size > 0 ? { ...item, resource: withoutReferences(item.resource, absent) } : item;
}

function holding(item: DesiredResource, code: 'resource-invalid' | 'dependency-held', message: string): Remark {
  return {
    problem: problem(code, message, { eventId: item.entry.source.reportEventId }),
    held: true,
    entry: item.entry,
  };
}
