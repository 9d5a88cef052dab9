import type { OnePump } from '../../pump-status/pump-schema.ts';

type Named = Pick<OnePump, 'device' | 'manufacturer' | 'model' | 'serialNumber'>;

export const pumpName = ({ manufacturer, model }: Pick<Named, 'manufacturer' | 'model'>): string =>
  [manufacturer.value, model.value].filter(Boolean).join(' ') || 'pump of a model that was not recorded';

/** By what a pump is told from the others, its serial number where it is known; null: there is no other. */
export function nameAmong(pumps: readonly Named[], pump: Named): string | null {
  if (pumps.length < 2) return null;
  const place = `${pumps.findIndex(({ device }) => device === pump.device) + 1} of ${pumps.length}`;
  const serial = pump.serialNumber.value === null ? [] : [`serial number ${pump.serialNumber.value}`];
  return `${place} (${[pumpName(pump), ...serial].join(', ')})`;
}
