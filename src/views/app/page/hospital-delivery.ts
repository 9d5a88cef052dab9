import type { Device, MedicationAdministration, Observation, Procedure } from '@medplum/fhirtypes';
import type { OnePump } from '../../pump-status/pump-schema.ts';
import { codeOf, type HospitalRecord, idOf, nameOf } from './hospital-record.ts';
import { placeOf } from './moments.ts';

/** How single resources of the record are read: what was delivered or filled, by which device, since when. */

/** A fill is no dose: it has no rate. */
export const isInfusion = (one: MedicationAdministration): boolean =>
  one.effectivePeriod !== undefined && (one.dosage?.rateQuantity ?? one.dosage?.rateRatio) !== undefined;

export const isFill = ({ dosage }: MedicationAdministration): boolean =>
  codeOf(dosage?.method, 'itb-administration') === 'reservoir-fill';

export const isBridge = ({ dosage }: MedicationAdministration): boolean =>
  codeOf(dosage?.method, 'itb-administration') === 'bridge-bolus';

export const isOf = ({ device: devices }: MedicationAdministration, device: Device): boolean =>
  devices?.some((one) => idOf(one) === nameOf(device)) ?? false;

/** In micrograms a day; of a week with different days no single dose is told. */
export function dailyDoseOf({ dosage }: MedicationAdministration): number | undefined {
  const { rateQuantity, rateRatio } = dosage ?? {};
  if (rateQuantity?.code === 'ug/d') return rateQuantity.value;
  const { numerator, denominator } = rateRatio ?? {};
  const isDaily = numerator?.code === 'ug' && denominator?.code === 'd' && denominator.value === 1;
  return isDaily ? numerator.value : undefined;
}

type Mode = NonNullable<OnePump['programme']['mode']['value']>;

export function modeOf({ extension, dosage }: MedicationAdministration): Mode | undefined {
  const stated = extension?.find(({ url }) => url.endsWith('/infusion-mode'))?.valueCode;
  return (stated ?? codeOf(dosage?.method, 'itb-infusion-mode')) as Mode | undefined;
}

/** What was filled, by its Medication; nothing of it where that cannot be read. */
export function drugOf({ medicationReference }: MedicationAdministration, { medications }: HospitalRecord) {
  const drug = medications.find((one) => nameOf(one) === idOf(medicationReference));
  const { numerator, denominator } = drug?.ingredient?.[0]?.strength ?? {};
  const isPerMl = numerator?.code === 'ug' && denominator?.code === 'mL' && denominator.value === 1;
  return { concentrationUgPerMl: isPerMl ? numerator.value : undefined, lotNumber: drug?.batch?.lotNumber };
}

export function procedureOn(
  device: Device,
  action: 'implanted' | 'explanted',
  { procedures }: HospitalRecord,
): Procedure | undefined {
  return procedures.find(({ focalDevice }) =>
    focalDevice?.some(
      (one) => idOf(one.manipulated) === nameOf(device) && one.action?.coding?.some(({ code }) => code === action),
    ),
  );
}

export function modelOf({ deviceName, modelNumber }: Device): string | undefined {
  const name = deviceName?.[0]?.name;
  return name && modelNumber && name !== modelNumber ? `${name} ${modelNumber}` : (modelNumber ?? name);
}

export const newestFirst = <One extends Observation | MedicationAdministration>(all: readonly One[]): One[] =>
  all.toSorted((a, b) => placeInTime(b) - placeInTime(a));

function placeInTime({ effectiveDateTime, effectivePeriod }: Observation | MedicationAdministration): number {
  const text = effectiveDateTime ?? effectivePeriod?.start;
  return text === undefined ? 0 : placeOf(text).getTime();
}
