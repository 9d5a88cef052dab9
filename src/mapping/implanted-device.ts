import type { Annotation, Device, DeviceProperty } from '@medplum/fhirtypes';
import type { Catheter, Pump } from '../event/device.ts';
import { itb } from '../fhir/systems.ts';
import { type CatheterLife, isImplanted, type PumpLife } from '../therapy/device-life.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isExact, localDate, type When } from '../therapy/when.ts';
import type { Remark } from './built.ts';
import type { MappingContext } from './context.ts';
import { concept, measured, type Ucum } from './element.ts';
import { labelFromUdi, udiCarrier, udiWarnings } from './udi.ts';

/** What pump and catheter have in common as Devices. */

type Life = PumpLife | CatheterLife;

/** The label as printed; what only its UDI states is repeated in the elements. */
export function labelled(label: Pump | Catheter): Partial<Device> {
  const name = label.deviceName ?? label.model;
  return {
    ...udiCarrier(label),
    manufacturer: label.manufacturer,
    manufactureDate: label.manufactureDate,
    expirationDate: label.expirationDate,
    lotNumber: label.lotNumber,
    serialNumber: label.serialNumber,
    ...labelFromUdi(label),
    ...(name && { deviceName: [{ name, type: 'user-friendly-name' as const }] }),
    modelNumber: label.model,
  };
}

/** Inactive once it is out of the body, or left in it and no longer used. `asks`: what the battery of a pump in the body asks for. */
export function deviceStatus(
  context: MappingContext,
  life: Life,
  ofKind: readonly Life[],
  asks?: 'eri' | 'eos',
): Pick<Device, 'status' | 'statusReason'> {
  const reasons = statusReasons(life, ofKind, asks);
  return {
    status: isImplanted(life) ? 'active' : 'inactive',
    ...(reasons.length > 0 && {
      statusReason: reasons.map((reason) => concept(context, itb.deviceStatusReason, reason)),
    }),
  };
}

function statusReasons(life: Life, ofKind: readonly Life[], asks: 'eri' | 'eos' | undefined): string[] {
  const { explanted } = life;
  if (explanted) {
    const replaced = ofKind.some((other) => other !== life && isSameDay(other.implanted, explanted));
    return ['explanted', ...(replaced ? ['replaced'] : [])];
  }
  if (!isImplanted(life)) return ['catheter-abandoned'];
  return asks ? [asks] : [];
}

/** The report that took it out or left it behind, which changed the Device. */
export function explantedBy({ entries }: Timeline, life: Life): Entry | undefined {
  const ended = life.explanted ?? ('abandoned' in life ? life.abandoned : undefined);
  return ended && entries.find(({ when }) => when === ended);
}

/** Whether a Procedure says when and where it was implanted: then the Device need not. */
export function implantReport({ entries }: Timeline, { implanted }: Life): Entry | undefined {
  return implanted && entries.find(({ when }) => when === implanted);
}

export function udiRemarks({ label, firstEntry }: Life): Remark[] {
  const found = udiWarnings(label, firstEntry.source.reportEventId);
  return found.map((problem) => ({ problem, held: false, entry: firstEntry }));
}

/** A property that is a number; none where it is not known. */
export function quantityProperty(
  context: MappingContext,
  code: string,
  value: number | undefined,
  unit: Ucum,
): DeviceProperty[] {
  if (value === undefined) return [];
  return [{ type: concept(context, itb.observation, code), valueQuantity: [measured(value, unit)] }];
}

/** A property that is a code. */
export function codeProperty(
  context: MappingContext,
  code: string,
  system: string,
  value: string | undefined,
): DeviceProperty[] {
  if (value === undefined) return [];
  return [{ type: concept(context, itb.observation, code), valueCode: [concept(context, system, value)] }];
}

/** An element that is a list is left out where it would be empty. */
export function listed<Name extends keyof Device & string, Item extends DeviceProperty | Annotation>(
  name: Name,
  items: readonly Item[],
): Partial<Record<Name, Item[]>> {
  return items.length > 0 ? ({ [name]: [...items] } as Partial<Record<Name, Item[]>>) : {};
}

/** A date that is only a month or a year says nothing about the day. */
function isSameDay(a: When | undefined, b: When): boolean {
  const knowsDay = (when: When) => isExact(when) || when.precision === 'day';
  if (!a || !knowsDay(a) || !knowsDay(b)) return false;
  return localDate(a.earliest, a.zone).equals(localDate(b.earliest, b.zone));
}
