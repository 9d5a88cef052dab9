import type { DocumentReference, Resource } from '@medplum/fhirtypes';
import { identityIn } from '../../fhir/references.ts';
import { canUpdate, canWithdraw, frozen } from '../changeable.ts';
import { contentHash } from '../content.ts';
import { derivedIdentity } from '../digest.ts';
import type { Page } from '../page.ts';
import type { Link } from '../plan.ts';
import { fitted, ofPatient } from '../projection/project.ts';
import type { TailorContext, Tailored } from '../tailored.ts';
import { documentReference } from './document-reference.ts';
import { correctionTitle, withdrawalText } from './report-text.ts';

/**
 * A page as documents. A document never changes: a page that says something else is a new one, which replaces the last;
 * the last is marked as superseded where the server takes that.
 */
export function documentsOf(page: Page, context: TailorContext): Tailored[] {
  const chain = revisionsOf(page.identity, context);
  const last = chain.at(-1);
  if (!last) return [itemOf(page, 1, page.replaces && page.about, context)];
  const current = itemOf(page, last.number, chain.at(-2)?.link.identity ?? (page.replaces && page.about), context);
  if (saysTheSame(last.link.content, current.resource)) {
    return [
      ...chain.slice(0, -1).flatMap((old) => superseded(old.link, page, context)),
      settled(current, last.link, context),
    ];
  }
  const next = itemOf(page, last.number + 1, last.link.identity, context);
  return [...chain.flatMap((old) => superseded(old.link, page, context)), next];
}

/**
 * Documents of which nothing is wanted any more, on a server that cannot mark them as entered in error: each that none
 * of ours has replaced is replaced by one that says so. `items`: what is wanted there.
 */
export function withdrawnDocuments(items: readonly Tailored[], group: number, context: TailorContext): Tailored[] {
  if (canWithdraw(context, 'DocumentReference')) return [];
  const wanted = new Set(items.map(({ identity }) => identity));
  const orphans = [...context.links.values()].filter(
    ({ identity, resourceType, state }) =>
      resourceType === 'DocumentReference' && state === 'live' && !wanted.has(identity),
  );
  const notices = new Set(orphans.map(({ identity }) => noticeOf(identity)));
  const replaced = new Set([...context.links.values()].flatMap(({ content }) => replacedBy(content)));
  const unsaid = orphans.filter(({ identity }) => !notices.has(identity) && !replaced.has(identity));
  const said = unsaid.flatMap((link) => documentsOf(notice(link, group), context));
  const saying = new Set(said.map(({ identity }) => identity));
  return [...said, ...orphans.filter(({ identity }) => !saying.has(identity)).map((link) => frozen(link, group))];
}

/** Identities of the documents that tell of these pages, in so far as they are there. */
export const documentIdentities = (identity: string, context: TailorContext): string[] =>
  revisionsOf(identity, context).map(({ link }) => link.identity);

interface Revision {
  readonly number: number;
  readonly link: Link;
}

/** Revision 1 has the identity of the page. One that is gone at the hospital leaves a gap, and no more than one. */
function revisionsOf(identity: string, { links }: TailorContext): Revision[] {
  const found: Revision[] = [];
  for (let number = 1, missing = 0; missing < 2; number++) {
    const link = links.get(revisionIdentity(identity, number));
    if (link) found.push({ number, link });
    missing = link ? 0 : missing + 1;
  }
  return found;
}

const revisionIdentity = (identity: string, number: number): string =>
  number === 1 ? identity : derivedIdentity(identity, 'revision', String(number));

function itemOf(page: Page, number: number, replaces: string | undefined, context: TailorContext): Tailored {
  const identity = revisionIdentity(page.identity, number);
  const { identifierSystem, settings, patientId } = context;
  const patient = `Patient/${patientId}`;
  const made = documentReference(page, { identity, identifierSystem, patient, replaces, pdf: settings.pdf });
  const resource = fitted(ofPatient(made, context), context);
  return { identity, group: page.group, resource, contentHash: contentHash(resource), channel: 'fhir' };
}

/** By what its text hashes to, for hospitals keep documents elsewhere; what tells nothing of it is trusted. */
function saysTheSame(there: Resource, now: Resource): boolean {
  const [held, wanted] = [there, now].map((document) => (document as DocumentReference).content?.[0]?.attachment);
  if (held?.hash && wanted?.hash) return held.hash === wanted.hash;
  return held?.data === undefined || held.data === wanted?.data;
}

/** Whose document it is may change, and labels; its page does not. */
const settled = (item: Tailored, link: Link, context: TailorContext): Tailored =>
  canUpdate(context, 'DocumentReference') ? item : frozen(link, item.group);

function superseded(link: Link, { group }: Page, context: TailorContext): Tailored[] {
  if (link.state !== 'live') return [];
  if (!canUpdate(context, 'DocumentReference')) return [frozen(link, group)];
  const resource = { ...link.content, status: 'superseded' } as Resource;
  return [{ identity: link.identity, group, resource, contentHash: contentHash(resource), channel: 'fhir' }];
}

/** Identities of the documents that one says it replaces. */
const replacedBy = (resource: Resource): string[] =>
  ((resource as DocumentReference).relatesTo ?? []).flatMap(({ target }) => identityIn(target.reference ?? '') ?? []);

const noticeOf = (identity: string): string => derivedIdentity(identity, 'entered-in-error');

function notice({ identity, content }: Link, group: number): Page {
  return {
    identity: noticeOf(identity),
    group,
    code: 'correction',
    title: correctionTitle,
    text: withdrawalText((content as DocumentReference).description ?? 'a report'),
    observations: [],
    security: content.meta?.security,
    about: identity,
    replaces: 'document',
  };
}
