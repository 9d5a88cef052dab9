import type { Device, DeviceProperty } from '@medplum/fhirtypes';
import { itb, profile } from '../fhir/systems.ts';
import type { CatheterLife } from '../therapy/device-life.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext, pumpIdentity } from './context.ts';
import { concept, identifiers, measured, meta, refer, subject } from './element.ts';
import { pumpWithKey } from './pump-device.ts';

/** One Device for each catheter; its parent is the pump it is connected to. */
export function catheterDevices(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.catheters.map((life) => ({
    identity: identityOfCatheter(context, life),
    resource: catheterDevice(therapy, life, context),
    entry: life.firstEntry,
  }));
}

/** By serial number where the label has one; a lot is not unique, so else by the event that first named it. */
export function identityOfCatheter(context: MappingContext, life: CatheterLife): string {
  const { manufacturer, serialNumber } = life.label;
  if (serialNumber) return pumpIdentity(context, manufacturer, serialNumber, life.firstEntry.reattributions);
  return eventIdentity(context, life.firstEntry, 'catheter');
}

function catheterDevice(therapy: Timeline, life: CatheterLife, context: MappingContext): Device {
  const { label } = life;
  return {
    resourceType: 'Device',
    meta: meta(profile.catheter, life.firstEntry),
    identifier: identifiers(context, identityOfCatheter(context, life)),
    status: life.explanted ? 'inactive' : 'active',
    ...(life.explanted && { statusReason: [concept(context, itb.deviceStatusReason, 'explanted')] }),
    manufacturer: label.manufacturer,
    manufactureDate: label.manufactureDate,
    expirationDate: label.expirationDate,
    lotNumber: label.lotNumber,
    serialNumber: label.serialNumber,
    modelNumber: label.model,
    type: concept(context, itb.deviceType, 'intrathecal-catheter'),
    ...properties(label, context),
    patient: subject(context),
    ...(life.pumpKey && { parent: refer(pumpWithKey(therapy, context, life.pumpKey)) }),
  };
}

/** Length and volume belong to the device; the level of its tip is where it was placed and stands in the procedure. */
function properties(label: CatheterLife['label'], context: MappingContext): Pick<Device, 'property'> {
  const property: DeviceProperty[] = [];
  if (label.implantedLengthCm !== undefined) {
    const type = concept(context, itb.observation, 'catheter-length');
    property.push({ type, valueQuantity: [measured(label.implantedLengthCm, 'cm')] });
  }
  if (label.volumeMl !== undefined) {
    const type = concept(context, itb.observation, 'catheter-volume');
    property.push({ type, valueQuantity: [measured(label.volumeMl, 'mL')] });
  }
  return property.length > 0 ? { property } : {};
}
