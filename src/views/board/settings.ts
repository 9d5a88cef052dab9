/** What a clinic decides about its board. */
export interface BoardSettings {
  /** Due within so many days is `due-soon`. */
  readonly dueWithinDays: number;
  /** A patient of whom nothing was reported for so many days is shown as not heard of. */
  readonly notHeardDays: number;
  /** Where the clinic is: its calendar day is the board's. */
  readonly timeZone: string;
  /** Withheld: dates of our own arithmetic are not shown, and count for nothing. */
  readonly calculatedValues: 'shown' | 'withheld';
}

/** Where the defaults come from. A clinic confirms or replaces them in its configuration. */
export const boardDefaults = {
  dueWithinDays: {
    value: 7,
    source: 'design default, the same as for the attention banner of pump status; to be confirmed by a clinician',
    verified: false,
  },
  notHeardDays: {
    value: 180,
    source: 'longest recommended refill interval, 180 days: after it a refill should have been reported',
    verified: true,
  },
} as const;
