import type { Coding, Device, Observation, Reference } from '@medplum/fhirtypes';
import type { Problem } from '../event/problem.ts';
import { identityIn } from '../fhir/references.ts';
import { frozen } from './changeable.ts';
import { reportText, titleOf } from './document/report-text.ts';
import { documentIdentities, documentsOf, withdrawnDocuments } from './document/revisions.ts';
import type { DeviceNames } from './document/value-in-words.ts';
import { kept, messageIdentity, messageItem } from './message/messages.ts';
import type { SerialOf } from './message/observation-segments.ts';
import type { Page } from './page.ts';
import type { EventReport, TailorContext, Tailored, Wanted } from './tailored.ts';
import { entryIdentity, worklistEntry } from './worklist/entry.ts';

/** Pages of the events that this destination is told of: those with a part that does not travel, or that were told. */
export function eventPages(
  wanted: readonly Wanted[],
  reports: readonly EventReport[],
  told: ReadonlySet<string>,
  devices: DeviceNames,
  context: TailorContext,
): Page[] {
  const madeIn = Map.groupBy(wanted, ({ group }) => group);
  const changes = wanted.filter(({ group, changedIn }) => changedIn !== group);
  const changedBy = Map.groupBy(changes, ({ changedIn }) => changedIn);
  return reports.flatMap((report) => {
    const made = madeIn.get(report.group) ?? [];
    const changed = changedBy.get(report.group) ?? [];
    const mustBeTold = [...made, ...changed].some(({ identity }) => told.has(identity));
    if (!mustBeTold && !wasTold(report, context)) return [];
    const security = [...made, ...changed].map(({ resource }) => resource.meta?.security).find((labels) => labels);
    return [pageOf(report, made, changed, devices, security)];
  });
}

function pageOf(
  report: EventReport,
  made: readonly Wanted[],
  changed: readonly Wanted[],
  devices: DeviceNames,
  security: readonly Coding[] | undefined,
): Page {
  return {
    identity: report.identity,
    group: report.group,
    code: 'event-report',
    title: titleOf(report),
    text: reportText(report, { made, changed, devices }),
    report,
    observations: made.flatMap(({ resource }) => (resource.resourceType === 'Observation' ? [resource] : [])),
    security,
  };
}

/** What was told once is kept right, even where it would not have to be told any more. */
function wasTold({ identity }: EventReport, context: TailorContext): boolean {
  const { report } = context.routes;
  if (report === 'document') return documentIdentities(identity, context).length > 0;
  return context.links.has(report === 'hl7v2' ? messageIdentity(identity) : entryIdentity(identity));
}

export interface ToldItems {
  readonly items: readonly Tailored[];
  readonly problems: readonly Problem[];
}

/** The pages by the channel of this destination, and what earlier pages became there. */
export function tell(
  pages: readonly Page[],
  wanted: readonly Wanted[],
  reports: readonly EventReport[],
  context: TailorContext,
): ToldItems {
  const sent = pages.map((page) => byChannel(page, wanted, context));
  const items = sent.flatMap((each) => each.items);
  const standing = told(reports, items, context);
  const problems = new Map(sent.flatMap((each) => each.problems).map((found) => [found.message, found]));
  return {
    items: [...items, ...standing, ...withdrawnDocuments([...items, ...standing], reports.length, context)],
    problems: [...problems.values()],
  };
}

function byChannel(page: Page, wanted: readonly Wanted[], context: TailorContext): ToldItems {
  const { report } = context.routes;
  if (report === 'document') return { items: documentsOf(page, context), problems: [] };
  const { hl7v2 } = context.settings;
  if (report === 'worklist' || !hl7v2) return { items: [worklistEntry(page, context)], problems: [] };
  const item = messageItem(page, hl7v2, context, serialsOf(wanted));
  return 'identity' in item ? { items: [item], problems: [] } : { items: [], problems: [item] };
}

/** Pages of events that stand stay as they are where nothing more is sent of them: by another channel, or unaddressed. */
function told(reports: readonly EventReport[], items: readonly Tailored[], context: TailorContext): Tailored[] {
  const wanted = new Set(items.map(({ identity }) => identity));
  const identities = reports.flatMap(({ identity, group }) =>
    [...documentIdentities(identity, context), messageIdentity(identity), entryIdentity(identity)].map(
      (each) => [each, group] as const,
    ),
  );
  return identities.flatMap(([identity, group]) => {
    const link = context.links.get(identity);
    if (link?.state !== 'live' || wanted.has(identity)) return [];
    return [link.resourceType === 'DocumentReference' ? frozen(link, group) : kept(link, group)];
  });
}

/** The pump that an Observation is about, by the number on its label. */
function serialsOf(wanted: readonly Wanted[]): SerialOf {
  const devices = new Map(
    wanted.flatMap(({ identity, resource }) =>
      resource.resourceType === 'Device' ? [[identity, resource as Device] as const] : [],
    ),
  );
  return ({ device, focus = [] }: Observation) => {
    const references: (Reference | undefined)[] = [device, ...focus];
    const named = references.flatMap((reference) => devices.get(identityIn(reference?.reference ?? '') ?? '') ?? []);
    const [found] = named.filter(({ serialNumber }) => serialNumber);
    return found?.serialNumber ? { serial: found.serialNumber, manufacturer: found.manufacturer } : undefined;
  };
}
