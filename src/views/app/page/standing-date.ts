import type { Fact } from '../../pump-status/fact-schema.ts';

/** A date that the programmer showed and ours: the one that counts now, and the reported one where it is outdated. */
export interface StandingDate {
  readonly standing: Fact<string>;
  readonly outdated: Fact<string> | null;
}

/** What is said beside a reported date is that something reported since has changed it: then ours counts. */
export function standingDate({
  reported,
  calculated,
}: {
  readonly reported: Fact<string>;
  readonly calculated: Fact<string>;
}): StandingDate {
  if (reported.value === null) return { standing: calculated, outdated: null };
  if (reported.words === undefined) return { standing: reported, outdated: null };
  return { standing: calculated, outdated: reported };
}
