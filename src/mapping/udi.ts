import type { Device, DeviceUdiCarrier } from '@medplum/fhirtypes';
import type { Catheter, Pump } from '../event/device.ts';
import { type Problem, problem } from '../event/problem.ts';
import type { UdiIssuer } from '../event/udi.ts';
import { statedByUdi } from '../event/udi-label.ts';
import { external } from '../fhir/systems.ts';

type Label = Pick<
  Pump | Catheter,
  'udi' | 'udiAidc' | 'udiEntryType' | 'serialNumber' | 'lotNumber' | 'manufactureDate' | 'expirationDate'
>;

/** The one UDI of a label: its text as printed, the scan in base64, and the device identifier where it can be read. */
export function udiCarrier(label: Label): Pick<Device, 'udiCarrier'> {
  if (!label.udi && !label.udiAidc) return {};
  return {
    udiCarrier: [
      {
        ...identified(label),
        ...(label.udi && { carrierHRF: label.udi }),
        ...(label.udiAidc && { carrierAIDC: Buffer.from(label.udiAidc).toString('base64') }),
        entryType: label.udiEntryType ?? 'unknown',
      },
    ],
  };
}

/** What the UDI states and the label leaves out, to be repeated as elements of the Device. What the label states counts. */
export function labelFromUdi(
  label: Label,
): Pick<Device, 'serialNumber' | 'lotNumber' | 'manufactureDate' | 'expirationDate' | 'distinctIdentifier'> {
  const { serialNumber, lotNumber, manufactureDate, expirationDate, distinctIdentifier } = statedByUdi(label) ?? {};
  return {
    ...(!label.serialNumber && serialNumber && { serialNumber }),
    ...(!label.lotNumber && lotNumber && { lotNumber }),
    ...(!label.manufactureDate && manufactureDate && { manufactureDate }),
    ...(!label.expirationDate && expirationDate && { expirationDate }),
    ...(distinctIdentifier && { distinctIdentifier }),
  };
}

/** A warning where the check character of the UDI does not fit. It is sent nevertheless: a published example fails too. */
export function udiWarnings(label: Label, eventId: string): Problem[] {
  if (!statedByUdi(label)?.checkDiffers) return [];
  return [problem('udi-check-differs', 'the check character of the UDI does not fit', { eventId }, 'warning')];
}

const issuers: Readonly<Record<UdiIssuer, string>> = {
  gs1: external.gs1Di,
  hibcc: external.hibccDi,
  iccbba: external.iccbbaOtherDi,
};

/** The FDA's jurisdiction stands beside a GS1 identifier, as in US Core's examples; for the others nothing warrants it. */
function identified(label: Label): Pick<DeviceUdiCarrier, 'deviceIdentifier' | 'issuer' | 'jurisdiction'> {
  const udi = statedByUdi(label);
  if (!udi) return {};
  return {
    deviceIdentifier: udi.deviceIdentifier,
    issuer: issuers[udi.issuer],
    ...(udi.issuer === 'gs1' && { jurisdiction: external.fdaUdi }),
  };
}
