import type { Binary } from '@medplum/fhirtypes';
import { type Problem, problem } from '../../event/problem.ts';
import { frozen } from '../changeable.ts';
import { contentHash } from '../content.ts';
import type { Hl7v2Settings } from '../destination.ts';
import { derivedIdentity } from '../digest.ts';
import type { Page } from '../page.ts';
import type { Link } from '../plan.ts';
import type { TailorContext, Tailored } from '../tailored.ts';
import { messageOf, saysTheSame } from './message.ts';
import type { SerialOf } from './observation-segments.ts';

/** The media type of HL7 v2 in its encoding with bars. */
export const er7Type = 'x-application/hl7-v2+er7';

/** The identity of the message that tells of a page. */
export const messageIdentity = (pageIdentity: string): string => derivedIdentity(pageIdentity, 'hl7v2');

/**
 * A page as a message for the interface engine. What was sent and says the same stays as it was sent, and is sent again
 * as it was where nobody answered; what says something else is a correction of it. A patient whom the engine has no name for is a problem.
 */
export function messageItem(
  page: Page,
  settings: Hl7v2Settings,
  context: TailorContext,
  serialOf: SerialOf,
): Tailored | Problem {
  const identity = messageIdentity(page.identity);
  const link = context.links.get(identity);
  const sent = link && er7Of(link.content as Binary);
  const er7 = messageOf(page, identity, { sent }, settings, context, serialOf);
  if (er7 === undefined) return unaddressed();
  if (link && sent !== undefined && saysTheSame(sent, er7)) {
    if (isInStep(link)) return kept(link, page.group);
    if (isUnanswered(link)) return { ...kept(link, page.group), frozen: undefined };
  }
  const resource = binaryOf(er7);
  return { identity, group: page.group, resource, contentHash: contentHash(resource), channel: 'hl7v2' };
}

/** A link of a message as an item that changes nothing. */
export const kept = (link: Link, group: number): Tailored => ({ ...frozen(link, group), channel: 'hl7v2' });

export const er7Of = ({ data = '' }: Binary): string => Buffer.from(data, 'base64').toString('utf8');

export const binaryOf = (er7: string): Binary => ({
  resourceType: 'Binary',
  contentType: er7Type,
  data: Buffer.from(er7, 'utf8').toString('base64'),
});

const isInStep = ({ state, contentHash: hash }: Link): boolean => state !== 'voided' && hash !== null;

/** Its first message may have arrived or not: the very same, with its control id, is safe to send again. */
const isUnanswered = ({ state, contentHash: hash, content, sent = [] }: Link): boolean =>
  state === 'live' && hash === null && sent.every((each) => contentHash(each) === contentHash(content));

const unaddressed = (): Problem =>
  problem('capability-missing', 'no identifier of the patient has an assigning authority of the interface engine');
