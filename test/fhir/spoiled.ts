import type { Change } from './examples.ts';
import { spoiledAdministrations } from './spoiled-administrations.ts';
import { spoiledClinical } from './spoiled-clinical.ts';
import { spoiledOthers } from './spoiled-others.ts';
import { spoiledPump } from './spoiled-pump.ts';
import { spoiledReports } from './spoiled-reports.ts';
import { spoiledSummary } from './spoiled-summary.ts';

/** One way to make a valid example invalid, and what has to be found. */
export interface Spoiled {
  /** What is wrong, as a clinician or an engineer would say it. */
  readonly name: string;
  readonly example: string;
  readonly change: Change;
  /** The finding's code; for an invariant with its key: `invariant itb-route`. */
  readonly finds: string;
}

export const spoiled: readonly Spoiled[] = [
  ...spoiledAdministrations,
  ...spoiledClinical,
  ...spoiledOthers,
  ...spoiledPump,
  ...spoiledReports,
  ...spoiledSummary,
];
