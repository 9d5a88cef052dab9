import type { Annotation, Device, DeviceProperty } from '@medplum/fhirtypes';
import { external, itb, profile } from '../fhir/systems.ts';
import type { CatheterLife } from '../therapy/device-life.ts';
import { type Entry, placeInTime } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext, pumpIdentity } from './context.ts';
import { concept, identifiers, meta, refer, subject } from './element.ts';
import {
  codeProperty,
  deviceStatus,
  explantedBy,
  implantReport,
  labelled,
  listed,
  quantityProperty,
  udiRemarks,
} from './implanted-device.ts';
import { placedByLabel, placedByProcedure } from './placement.ts';
import { pumpWithKey } from './pump-device.ts';

/** One Device for each catheter; its parent is the pump it is connected to. */
export function catheterDevices(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.catheters.flatMap((life): Built[] => [
    {
      identity: identityOfCatheter(context, life),
      resource: catheterDevice(therapy, life, context),
      entry: life.firstEntry,
      changedBy: explantedBy(therapy, life) ?? joinedBy(therapy, life),
    },
    ...udiRemarks(life),
  ]);
}

/**
 * By serial number where the label has one; a lot is not unique, so else by the event that first named it. A revision
 * may name two for the first time: the one that it took out, and the one that it put in.
 */
export function identityOfCatheter(context: MappingContext, life: CatheterLife): string {
  const { manufacturer, serialNumber } = life.label;
  if (serialNumber) return pumpIdentity(context, manufacturer, serialNumber, life.firstEntry.reattributions);
  return eventIdentity(context, life.firstEntry, isRemovedInItsFirst(life) ? 'removed-catheter' : 'catheter');
}

/** Whatever a replacement puts in has its date of implantation from it. */
function isRemovedInItsFirst({ firstEntry: { event }, implanted }: CatheterLife): boolean {
  const replaces = event.type === 'revision' && event.component === 'catheter' && event.action === 'replaced';
  return replaces && implanted === undefined;
}

function catheterDevice(therapy: Timeline, life: CatheterLife, context: MappingContext): Device {
  return {
    resourceType: 'Device',
    meta: meta(profile.catheter, life.firstEntry),
    identifier: identifiers(context, identityOfCatheter(context, life)),
    ...labelled(life.label),
    ...deviceStatus(context, life, therapy.catheters),
    type: concept(context, itb.deviceType, 'intrathecal-catheter'),
    ...listed('property', properties(life.label, context)),
    patient: subject(context),
    ...listed('note', notes(therapy, life, context)),
    ...(life.pumpKey && { parent: refer(pumpWithKey(therapy, context, life.pumpKey)) }),
  };
}

/** The report of the pump that was implanted later and that it was connected to. */
function joinedBy(therapy: Timeline, { pumpKey, firstEntry }: CatheterLife): Entry | undefined {
  const pump = therapy.pumps.find(({ life }) => life.key === pumpKey);
  const joined = pump && implantReport(therapy, pump.life);
  return joined && isBefore(placeInTime(firstEntry), placeInTime(joined)) ? joined : undefined;
}

/** Length and volume belong to the device, each with how surely it is known. */
function properties(label: CatheterLife['label'], context: MappingContext): DeviceProperty[] {
  const { sideportPresent } = label;
  return [
    ...quantityProperty(context, 'catheter-length', label.implantedLengthCm, 'cm'),
    ...quantityProperty(context, 'catheter-removed-length', label.removedLengthCm, 'cm'),
    ...codeProperty(context, 'catheter-length-source', itb.factSource, label.lengthSource),
    ...quantityProperty(context, 'catheter-volume', label.volumeMl, 'mL'),
    ...codeProperty(context, 'catheter-volume-source', itb.factSource, label.volumeSource),
    ...codeProperty(context, 'catheter-sideport', external.yesNo, yesOrNo(sideportPresent)),
  ];
}

function yesOrNo(stated: boolean | undefined): 'Y' | 'N' | undefined {
  if (stated === undefined) return undefined;
  return stated ? 'Y' : 'N';
}

/** The level of its tip is where it was placed: it stands in the Procedure, and here only where none tells it. */
function notes(therapy: Timeline, life: CatheterLife, context: MappingContext): Annotation[] {
  const { implantedOn } = life.label;
  const tip = placedByProcedure(therapy, life, context) ? undefined : placedByLabel(context, life);
  const texts = [
    ...(implantedOn && !implantReport(therapy, life) ? [`Implanted ${implantedOn}, as reported with its label.`] : []),
    ...(tip ? [`As reported with its label: ${tip.text}.`] : []),
  ];
  return texts.map((text) => ({ text }));
}
