import type { Provenance } from '@medplum/fhirtypes';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { DesiredResource } from './built.ts';
import { type MappingContext, reportIdentity } from './context.ts';
import { dateTime, meta, refer } from './element.ts';
import { performerOf } from './performer.ts';

/** One Provenance for each report: what it made or changed, who reported it, which message it came in. */
export function provenances(resources: readonly DesiredResource[], context: MappingContext): DesiredResource[] {
  const targets = new Map<Entry, string[]>();
  const add = (entry: Entry, identity: string) => targets.set(entry, [...(targets.get(entry) ?? []), identity]);
  for (const { entry, changedBy, identity } of resources) {
    add(entry, identity);
    if (changedBy) add(changedBy, identity);
  }
  return [...targets].map(([entry, identities]) => ({
    identity: reportIdentity(context, entry, 'provenance'),
    resource: provenance(entry, identities, context),
    entry,
  }));
}

/** R4 Provenance has no identifier: the keyed identity is a tag. */
function provenance(entry: Entry, targets: readonly string[], context: MappingContext): Provenance {
  const { tag = [], ...rest } = meta(profile.provenance, entry);
  const identity = { system: context.identifierSystem, code: reportIdentity(context, entry, 'provenance') };
  const { system, rootEventId, reportEventId } = entry.source;
  const author = performerOf(entry.event) ?? { identifier: { system: external.sourceSystem, value: system } };
  return {
    resourceType: 'Provenance',
    meta: { ...rest, tag: [...tag, identity] },
    target: targets.map(refer),
    occurredDateTime: dateTime(entry.when),
    recorded: entry.recordedAt.toString(),
    activity: {
      coding: [{ system: external.dataOperation, code: rootEventId === reportEventId ? 'CREATE' : 'UPDATE' }],
    },
    agent: [
      { type: { coding: [{ system: external.provenanceParticipant, code: 'author' }] }, who: author },
      {
        type: { coding: [{ system: external.usCoreProvenanceParticipant, code: 'transmitter' }] },
        who: { identifier: { system: itb.sync, value: 'itb-adapter' }, display: 'itb-fhir-adapter' },
      },
    ],
    entity: [{ role: 'source', what: { identifier: { system, value: reportEventId } } }],
  };
}
