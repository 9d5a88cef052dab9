import { external, itb, profile } from '../fhir/systems.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, identifiers, meta, subject } from './element.ts';

/**
 * Opt-in: the standing risk of an implanted pump, one Flag for each, active while the pump is implanted. It is no alarm
 * and says nothing about today.
 */
export function flags(therapy: Timeline, context: MappingContext): Built[] {
  if (!context.emit?.flag) return [];
  return therapy.pumps.map(({ life }): Built => {
    const { firstEntry: entry, implanted, explanted } = life;
    const identity = eventIdentity(context, entry, 'flag');
    const period = { start: implanted && dateTime(implanted), end: explanted && dateTime(explanted) };
    return {
      identity,
      resource: {
        resourceType: 'Flag',
        meta: meta(profile.flag, entry),
        identifier: identifiers(context, identity, entry),
        status: explanted ? 'inactive' : 'active',
        category: [concept(context, external.flagCategory, 'safety')],
        code: concept(context, itb.clinical, 'interruption-risk'),
        subject: subject(context),
        ...((implanted || explanted) && { period }),
      },
      entry,
    };
  });
}
