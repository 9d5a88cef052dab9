/** Dates of a pump by one who told them, as ISO dates. */
export interface DatesTold {
  readonly alarmDate?: string;
  readonly dueBy?: string;
}

export interface Due {
  readonly on: string;
  readonly basis: 'reported' | 'calculated';
  readonly kind: 'dueBy' | 'alarmDate';
}

/**
 * The day by which a pump is to be refilled: as the programmer showed it, else ours, and never after the alarm date that
 * the programmer showed.
 */
export function dueOf(theirs: DatesTold, ours: DatesTold | null): Due | undefined {
  const due = dueDate(theirs, ours);
  const { alarmDate } = theirs;
  if (alarmDate === undefined || (due && due.on <= alarmDate)) return due;
  return { on: alarmDate, basis: 'reported', kind: 'alarmDate' };
}

function dueDate(theirs: DatesTold, ours: DatesTold | null): Due | undefined {
  if (theirs.dueBy !== undefined) return { on: theirs.dueBy, basis: 'reported', kind: 'dueBy' };
  return ours?.dueBy === undefined ? undefined : { on: ours.dueBy, basis: 'calculated', kind: 'dueBy' };
}
