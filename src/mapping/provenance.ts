import type { Provenance, ProvenanceAgent, ProvenanceEntity } from '@medplum/fhirtypes';
import { external, itb, profile } from '../fhir/systems.ts';
import { type Entry, isCorrection } from '../therapy/history.ts';
import type { DesiredResource } from './built.ts';
import { type MappingContext, reportIdentity } from './context.ts';
import { dateTime, metaWithIdentity, refer } from './element.ts';
import { locationOf, organizationOf } from './party.ts';
import { performerOf } from './performer.ts';

/** One Provenance for each report: what it made or changed, who reported it, which message it came in. */
export function provenances(resources: readonly DesiredResource[], context: MappingContext): DesiredResource[] {
  const made = resources.flatMap(({ entry, changedBy, identity }) =>
    [entry, ...(changedBy ? [changedBy] : [])].map((by) => ({ by, identity })),
  );
  const byReport = Map.groupBy(made, ({ by }) => reportIdentity(context, by, 'provenance'));
  return [...byReport].map(([identity, ofReport]) => {
    const entry = wholeOf(ofReport.map(({ by }) => by));
    const targets = [...new Set(ofReport.map((each) => each.identity))];
    return { identity, resource: provenance(entry, identity, targets, context), entry };
  });
}

/** One report may tell of several happenings, as an interrogation does that read a log: it speaks for them all. */
function wholeOf(entries: readonly Entry[]): Entry {
  return entries.find(({ source }) => source.part === undefined) ?? (entries[0] as Entry);
}

function provenance(entry: Entry, identity: string, targets: readonly string[], context: MappingContext): Provenance {
  const { event, amendedBecause } = entry;
  return {
    resourceType: 'Provenance',
    meta: metaWithIdentity(profile.provenance, entry, context, identity),
    target: targets.map(refer),
    occurredDateTime: dateTime(entry.when),
    recorded: entry.recordedAt.toString(),
    location: locationOf(event),
    ...(amendedBecause && { reason: [{ text: amendedBecause }] }),
    activity: { coding: [{ system: external.dataOperation, code: isCorrection(entry) ? 'UPDATE' : 'CREATE' }] },
    agent: [author(entry), transmitter],
    entity: sources(entry),
  };
}

/** The person named, for the clinic named; else the system that reported. */
function author({ event, source }: Entry): ProvenanceAgent {
  const who = performerOf(event) ?? { identifier: { system: external.sourceSystem, value: source.system } };
  return {
    type: { coding: [{ system: external.provenanceParticipant, code: 'author' }] },
    who,
    onBehalfOf: organizationOf(event),
  };
}

const transmitter: ProvenanceAgent = {
  type: { coding: [{ system: external.usCoreProvenanceParticipant, code: 'transmitter' }] },
  who: { identifier: { system: itb.sync, value: 'itb-adapter' }, display: 'itb-fhir-adapter' },
};

/** The reports by their sources' own ids, and the report of the programmer's session that they were taken from. */
function sources({ event, source, alsoReportedBy = [] }: Entry): ProvenanceEntity[] {
  const reports = [source, ...alsoReportedBy].map(({ system, reportEventId }) => ({
    identifier: { system, value: reportEventId },
  }));
  const { reportId } = event.session ?? {};
  const session = { identifier: { value: reportId }, display: 'Session report of the programmer' };
  return [...reports, ...(reportId ? [session] : [])].map((what) => ({ role: 'source', what }));
}
