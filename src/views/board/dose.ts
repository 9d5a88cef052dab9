import type { OnePump } from '../pump-status/pump-schema.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';

/**
 * What every pump in use delivers as programmed: `720 mcg/day`, `stopped, reported 2024-06-04`. Of several pumps each with its
 * serial number. Null: none of it is known.
 */
export function doseWords({ pumps }: PumpStatus): string | null {
  const inUse = pumps.filter(({ state }) => state.value !== 'explanted');
  const [only, ...others] = inUse;
  if (!only) return null;
  if (others.length === 0) return doseOf(only);
  return inUse.map((pump) => `${nameOf(pump)}: ${doseOf(pump) ?? 'unknown'}`).join('; ');
}

const nameOf = ({ serialNumber, model }: OnePump): string => serialNumber.value ?? model.value ?? 'pump';

function doseOf({ programme: { delivery, doseUgPerDay, weekdayDoses } }: OnePump): string | null {
  if (delivery.value === 'stopped') return stopped(delivery);
  const daily = doseUgPerDay.value === null ? [] : [`${doseUgPerDay.value} mcg/day`];
  const ofDays = (weekdayDoses.value ?? []).map(({ days, doseUgPerDay: ug }) => `${days.join(', ')} ${ug} mcg/day`);
  const known = [...daily, ...ofDays];
  return known.length > 0 ? known.join('; ') : null;
}

function stopped({ asOf, words }: OnePump['programme']['delivery']): string {
  const since = asOf === null ? 'stopped' : `stopped, reported ${asOf.slice(0, 10)}`;
  return words === undefined ? since : `${since}. ${words}`;
}
