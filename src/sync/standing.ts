import type { Resource, ResourceType } from '@medplum/fhirtypes';
import { type Problem, problem } from '../event/problem.ts';
import { canUpdate, canWithdraw, frozen } from './changeable.ts';
import { contentHash } from './content.ts';
import { derivedIdentity } from './digest.ts';
import { correctionText, correctionTitle } from './document/report-text.ts';
import { resourceLines } from './document/resource-lines.ts';
import type { DeviceNames } from './document/value-in-words.ts';
import type { Page } from './page.ts';
import type { Link } from './plan.ts';
import { ofPatient, type Projection } from './projection/project.ts';
import type { EventReport, TailorContext, Tailored } from './tailored.ts';

/** What stands at a destination that has no way to change it. */
export interface Standing {
  readonly items: readonly Tailored[];
  /** What a reader has to know of it. */
  readonly corrections: readonly Page[];
  readonly problems: readonly Problem[];
}

export interface Told {
  readonly reports: readonly EventReport[];
  readonly devices: DeviceNames;
}

/** Links of pages: each channel keeps its own in step. */
export const pageTypes: ReadonlySet<ResourceType> = new Set<ResourceType>(['DocumentReference', 'Binary', 'Task']);

/**
 * Keeps what the server cannot change, and says beside it what is reported now: for what differs, for what no longer
 * has a way there, and for what is no longer wanted where nothing there can say so.
 */
export function leaveStanding(projection: Projection, told: Told, context: TailorContext): Standing {
  const { items, absent } = projection;
  const wanted = new Set(items.map(({ identity }) => identity));
  const others = [...context.links.values()].filter(
    (link) => link.state === 'live' && !wanted.has(link.identity) && !pageTypes.has(link.resourceType),
  );
  return together([
    ...items.map((item) => keep(item, told, context)),
    ...others.flatMap((link) => {
      const now = absent.get(link.identity);
      if (now) return [keepNarrowed(link, ofPatient(now.resource, context), now.changedIn ?? now.group, told)];
      return canWithdraw(context, link.resourceType) ? [] : [leave(link, undefined, told.reports.length, told)];
    }),
  ]);
}

const together = (parts: readonly Standing[]): Standing => ({
  items: parts.flatMap(({ items }) => items),
  corrections: parts.flatMap(({ corrections }) => corrections),
  problems: parts.flatMap(({ problems }) => problems),
});

const only = (item: Tailored): Standing => ({ items: [item], corrections: [], problems: [] });

function keep(item: Tailored, told: Told, context: TailorContext): Standing {
  const link = context.links.get(item.identity);
  const type = item.resource.resourceType;
  if (!link || type === 'Provenance' || canUpdate(context, type)) return only(item);
  const isRight = link.state === 'live' && (link.contentHash ?? contentHash(link.content)) === item.contentHash;
  if (isRight || link.state === 'contested') return only(frozen(link, item.group));
  return leave(link, item.resource, item.changedIn ?? item.group, told);
}

/** Written when there was a way, which is gone. What was adapted then says the same where a reader reads the same. */
function keepNarrowed(link: Link, now: Resource, group: number, told: Told): Standing {
  const [there, reported] = [link.content, now].map((resource) => resourceLines(resource, told.devices).join('\n'));
  const isRight = there === reported || contentHash(link.content) === contentHash(now);
  return isRight ? only(frozen(link, group)) : leave(link, now, group, told);
}

/** `now`: what is reported in its place; undefined: it was entered in error. */
function leave(link: Link, now: Resource | undefined, group: number, { reports, devices }: Told): Standing {
  const { identity, resourceType, content } = link;
  const correction: Page = {
    identity: derivedIdentity(identity, 'correction'),
    group,
    code: 'correction',
    title: correctionTitle,
    text: correctionText(content, now, devices),
    report: reports.find((report) => report.group === group),
    observations: [],
    security: content.meta?.security,
    about: identity,
  };
  const message = `${resourceType} there cannot be changed, and is no longer what is reported`;
  return {
    items: [frozen(link, group)],
    corrections: [correction],
    problems: [problem('manual-correction-needed', message, undefined, 'warning')],
  };
}
