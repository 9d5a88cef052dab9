import type { Catheter, Pump } from '../event/device.ts';
import type { ClinicalEventOf } from '../event/event.ts';
import type { Entry } from './history.ts';
import type { When } from './when.ts';

/** One physical device, for ever: a replaced pump is another device. */
export interface PumpLife {
  readonly kind: 'pump';
  readonly key: string;
  readonly label: Pump;
  /** The event that first named it. */
  readonly firstEntry: Entry;
  readonly implanted?: When | undefined;
  readonly explanted?: When | undefined;
  readonly explantReason?: string | undefined;
  readonly explantCause?: ExplantCause | undefined;
}

/** Why a device was removed, as registries count it. */
export type ExplantCause = NonNullable<ClinicalEventOf<'explant'>['cause']>;

export interface CatheterLife {
  readonly kind: 'catheter';
  readonly key: string;
  readonly label: Catheter;
  readonly firstEntry: Entry;
  readonly implanted?: When | undefined;
  readonly explanted?: When | undefined;
  readonly explantReason?: string | undefined;
  readonly explantCause?: ExplantCause | undefined;
  /** Left in the body and no longer used. */
  readonly abandoned?: When | undefined;
  /** The pump it is connected to now, or was last. */
  readonly pumpKey?: string | undefined;
}

/** In use: neither taken out nor left behind. */
export const isImplanted = (life: PumpLife | CatheterLife): boolean =>
  life.explanted === undefined && !('abandoned' in life && life.abandoned);

/** Manufacturer and serial number identify a pump, whatever their case. */
export const pumpKey = (label: Pump): string => `pump|${norm(label.manufacturer)}|${norm(label.serialNumber)}`;

/** A serial number identifies a catheter; else lot and model do, within one patient, with a count. */
export function catheterKey(label: Catheter, count: number): string {
  const maker = norm(label.manufacturer);
  if (label.serialNumber) return `catheter|${maker}|serial|${norm(label.serialNumber)}`;
  return `catheter|${maker}|lot|${norm(label.lotNumber ?? '')}|${norm(label.model ?? '')}|${count}`;
}

/** Whether two labels may be of the same catheter: nothing that both state differs. */
export function sameCatheter(a: Catheter, b: Catheter): boolean {
  const agree = (x: string | undefined, y: string | undefined) =>
    x === undefined || y === undefined || norm(x) === norm(y);
  return (
    agree(a.manufacturer, b.manufacturer) &&
    agree(a.model, b.model) &&
    agree(a.serialNumber, b.serialNumber) &&
    agree(a.lotNumber, b.lotNumber)
  );
}

/** What a later report adds to a label. It fills gaps; what was stated first stands until it is corrected. */
export function completed<Label extends object>(known: Label, stated: Label): Label {
  return { ...stated, ...known };
}

const norm = (text: string): string => text.trim().toUpperCase();
