import type { DeviceUdiCarrier } from '@medplum/fhirtypes';
import { external } from '../fhir/systems.ts';

/** The UDI as the label prints it. The device identifier is read only from the GS1 form; others keep the text alone. */
export function udiCarrier(carrierHRF: string): DeviceUdiCarrier {
  const gs1 = /^\(01\)(\d{14})/.exec(carrierHRF)?.[1];
  if (!gs1) return { carrierHRF, entryType: 'unknown' };
  return {
    deviceIdentifier: gs1,
    issuer: external.gs1Di,
    jurisdiction: external.fdaUdi,
    carrierHRF,
    entryType: 'unknown',
  };
}
