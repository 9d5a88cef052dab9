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
  return {
    missing: Object.keys(wanted)
      .filter((identity) => wanted[identity] !== held[identity])
      .map((identity) => named(wanted, identity)),
    unwanted: Object.keys(held)
      .filter((identity) => !(identity in wanted))
      .map((identity) => named(held, identity)),
    twice: carriedTwice(hospital, app.identifierSystem),
    unsettled: due + waiting + running + parked,
    review: (await openReviewOf(app)).filter((item) => item.startsWith('sync ')),
  };
}

const named = (holdings: Readonly<Record<string, string>>, identity: string): string =>
  `${(JSON.parse(holdings[identity] ?? '{}') as { resourceType?: string }).resourceType} ${identity}`;
