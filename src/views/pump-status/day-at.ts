/** The calendar date at the site. The day of the last answer is remembered: nearly all ask about now, at few sites. */
export function dayAt(at: Temporal.Instant, zone: string): Temporal.PlainDate {
  const ms = at.epochMilliseconds;
  const known = days.get(zone);
  if (known && known.fromMs <= ms && ms < known.untilMs) return known.date;
  const day = dayAround(at, zone);
  if (days.size >= mostZones) days.clear();
  days.set(zone, day);
  return day.date;
}

interface Day {
  readonly date: Temporal.PlainDate;
  readonly fromMs: number;
  readonly untilMs: number;
}

const days = new Map<string, Day>();
const mostZones = 100;

function dayAround(at: Temporal.Instant, zone: string): Day {
  const there = at.toZonedDateTimeISO(zone);
  const start = there.startOfDay();
  const end = start.add({ days: 1 }).startOfDay();
  return { date: there.toPlainDate(), fromMs: start.epochMilliseconds, untilMs: end.epochMilliseconds };
}
