import type { App } from '../../src/app.ts';
import { openReviewOf, ticketsAt, wantedBy } from './adapter.ts';
import { carriedTwice, type Hospital, holdingsOf } from './hospital.ts';

/** How a hospital stands to what we want it to hold. */
export interface Standing {
  /** Wanted, but the hospital says nothing or something else. */
  readonly missing: readonly string[];
  /** Live at the hospital, but not wanted. */
  readonly unwanted: readonly string[];
  /** Identities that several resources carry. */
  readonly twice: readonly string[];
  /** Tickets that are not idle. */
  readonly unsettled: number;
  /** What sync put before a human. */
  readonly review: readonly string[];
}

export const inStep: Standing = { missing: [], unwanted: [], twice: [], unsettled: 0, review: [] };

/** `mrns`: every patient that reports name. */
export async function standingAt(
  hospital: Hospital,
  app: App,
  mrns: readonly string[],
  destination = 'hospital',
): Promise<Standing> {
  const [wanted, held] = [await wantedBy(app, mrns), holdingsOf(hospital, app.identifierSystem)];
  const { due, waiting, running, parked } = await ticketsAt(app, destination);
  const unwanted = Object.keys(held).filter((identity) => !(identity in wanted));
  const review = (await openReviewOf(app)).filter((item) => item.startsWith('sync '));
  return {
    missing: Object.keys(wanted)
      .filter((identity) => wanted[identity] !== held[identity])
      .map((identity) => named(wanted, identity)),
    ...leftToHumans(
      unwanted.map((identity) => named(held, identity)),
      review,
    ),
    twice: carriedTwice(hospital, app.identifierSystem),
    unsettled: due + waiting + running + parked,
  };
}

/** An AdverseEvent that was withdrawn stays until a human removes it: in order where, and only where, one was asked to. */
function leftToHumans(unwanted: readonly string[], review: readonly string[]): Pick<Standing, 'unwanted' | 'review'> {
  const isAsked = (item: string) => item === 'sync manual-removal-needed';
  const isLeft = (name: string) => name.startsWith('AdverseEvent ');
  if (!unwanted.some(isLeft) || !review.some(isAsked)) return { unwanted, review };
  return { unwanted: unwanted.filter((name) => !isLeft(name)), review: review.filter((item) => !isAsked(item)) };
}

const named = (holdings: Readonly<Record<string, string>>, identity: string): string =>
  `${(JSON.parse(holdings[identity] ?? '{}') as { resourceType?: string }).resourceType} ${identity}`;
