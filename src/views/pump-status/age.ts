import { precisionOf } from '../../event/time.ts';
import { dayAt } from './day-at.ts';
import { calculated, unknown } from './fact.ts';
import type { Fact } from './fact-schema.ts';
import type { PumpStatus } from './status-schema.ts';

/**
 * Whole years at the asked instant. A birth date that is only a month or a year may mean two ages: then none is said, but
 * which two.
 */
export function ageAt(
  { birthDate, deathReported }: Pick<PumpStatus['person'], 'birthDate' | 'deathReported'>,
  at: Temporal.Instant,
  zone: string,
): Fact<number> {
  if (birthDate.value === null || deathReported.value !== null) return unknown();
  const [oldest, youngest] = bornBetween(birthDate.value).map((born) => yearsBetween(born, dayAt(at, zone)));
  if (oldest === undefined || youngest === undefined || youngest < 0) return unknown();
  if (oldest !== youngest) return unknown(`${youngest} or ${oldest} years.`);
  return calculated(oldest, 'age', at, { birthDate: birthDate.value });
}

function bornBetween(text: string): [Temporal.PlainDate, Temporal.PlainDate] {
  const first = Temporal.PlainDate.from(`${text}${'-01-01'.slice(text.length - 4)}`);
  const span = { [`${precisionOf(text)}s`]: 1 };
  return [first, first.add(span).subtract({ days: 1 })];
}

const yearsBetween = (born: Temporal.PlainDate, on: Temporal.PlainDate): number =>
  Temporal.PlainDate.compare(on, born) < 0 ? -1 : born.until(on, { largestUnit: 'years' }).years;
