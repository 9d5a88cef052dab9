import type { Device, DeviceProperty } from '@medplum/fhirtypes';
import { itb, profile } from '../fhir/systems.ts';
import type { PumpLife } from '../therapy/device-life.ts';
import type { PumpState, Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { type MappingContext, pumpIdentity } from './context.ts';
import { concept, identifiers, measured, meta, subject } from './element.ts';
import { udiCarrier } from './udi.ts';

/** One Device for each physical pump, for ever. Only what does not change with time stands here. */
export function pumpDevices(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.pumps.map((pump) => ({
    identity: identityOfPump(context, pump.life),
    resource: pumpDevice(pump, context),
    entry: pump.life.firstEntry,
  }));
}

export function identityOfPump(context: MappingContext, life: PumpLife): string {
  const { manufacturer, serialNumber } = life.label;
  return pumpIdentity(context, manufacturer, serialNumber, life.firstEntry.reattributions);
}

/** The identity of the pump with this key. */
export function pumpWithKey(therapy: Timeline, context: MappingContext, key: string): string {
  const pump = therapy.pumps.find(({ life }) => life.key === key);
  if (!pump) throw new Error('a timeline names a pump that it does not hold');
  return identityOfPump(context, pump.life);
}

function pumpDevice({ life, model }: PumpState, context: MappingContext): Device {
  const { label } = life;
  const name = label.deviceName ?? label.model;
  return {
    resourceType: 'Device',
    meta: meta(profile.pump, life.firstEntry),
    identifier: identifiers(context, identityOfPump(context, life)),
    ...(label.udi && { udiCarrier: [udiCarrier(label.udi)] }),
    status: life.explanted ? 'inactive' : 'active',
    ...(life.explanted && { statusReason: [concept(context, itb.deviceStatusReason, 'explanted')] }),
    manufacturer: label.manufacturer,
    manufactureDate: label.manufactureDate,
    expirationDate: label.expirationDate,
    serialNumber: label.serialNumber,
    ...(name && { deviceName: [{ name, type: 'user-friendly-name' as const }] }),
    modelNumber: label.model,
    type: concept(context, itb.deviceType, model?.kind ?? 'programmable-pump'),
    ...(label.firmware && { version: [{ value: label.firmware }] }),
    ...properties(label, context),
    patient: subject(context),
  };
}

function properties(label: PumpLife['label'], context: MappingContext): Pick<Device, 'property'> {
  const property: DeviceProperty[] = [];
  const add = (code: string, value: number | undefined) => {
    if (value === undefined) return;
    property.push({ type: concept(context, itb.observation, code), valueQuantity: [measured(value, 'mL')] });
  };
  add('reservoir-capacity', label.reservoirMl);
  add('pump-tubing-volume', label.tubingMl);
  return property.length > 0 ? { property } : {};
}
