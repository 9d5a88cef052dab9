import type { Device, MedicationAdministration } from '@medplum/fhirtypes';
import type { Course } from '../../pump-status/course-schema.ts';
import { alarmCourse, complicationCourse } from './hospital-alarms.ts';
import {
  dailyDoseOf,
  drugOf,
  isBridge,
  isFill,
  isInfusion,
  isOf,
  modelOf,
  modeOf,
  procedureOn,
} from './hospital-delivery.ts';
import { sourceOf } from './hospital-fact.ts';
import { codeOf, type HospitalRecord, isTest } from './hospital-record.ts';

/** The course that the hospital’s record tells: what was reported, and no volume by calculation. */
export function hospitalCourse(record: HospitalRecord, asOf: string): Course {
  const ofKind = (...kinds: readonly string[]) =>
    record.devices.filter(({ type }) => kinds.includes(codeOf(type, 'itb-device-type') ?? ''));
  const pumps = ofKind('programmable-pump', 'constant-flow-pump');
  return {
    schemaVersion: 1,
    patient: record.patient.id ?? '',
    environment: record.administrations.some(isTest) ? 'test' : 'live',
    asOf,
    notice: 'Not an alarm or monitoring system.',
    doses: pumps.flatMap((pump) =>
      given(record, pump)
        .filter(isInfusion)
        .map((one) => doseOf(one, pump)),
    ),
    boluses: [],
    refills: pumps.flatMap((pump) =>
      given(record, pump)
        .filter(isFill)
        .flatMap((one) => refillOf(one, pump, record)),
    ),
    reservoirs: [],
    dates: [],
    devices: [
      ...pumps.map((pump) => lifeOf(pump, 'pump', record)),
      ...ofKind('intrathecal-catheter').map((catheter) => lifeOf(catheter, 'catheter', record)),
    ],
    complications: complicationCourse(record),
    alarms: alarmCourse(record),
  };
}

const given = ({ administrations }: HospitalRecord, pump: Device) => administrations.filter((one) => isOf(one, pump));

function doseOf(one: MedicationAdministration, pump: Device): Course['doses'][number] {
  const { start = '', end } = one.effectivePeriod ?? {};
  return {
    device: pump.id ?? '',
    role: isBridge(one) ? 'bridge' : 'infusion',
    start,
    end: end ?? null,
    endReason: codeOf(one.statusReason?.[0], 'itb-stop-reason') ?? null,
    mode: modeOf(one) ?? 'not recorded',
    doseUgPerDay: dailyDoseOf(one) ?? null,
    weekdayDoses: [],
    concentrationUgPerMl: null,
    asOf: start,
    source: sourceOf(one),
  };
}

/** A fill without volume or concentration cannot be drawn; it stands in the record all the same. */
function refillOf(one: MedicationAdministration, pump: Device, record: HospitalRecord): Course['refills'] {
  const { effectiveDateTime: at = '', dosage } = one;
  const { concentrationUgPerMl } = drugOf(one, record);
  if (dosage?.dose?.value === undefined || concentrationUgPerMl === undefined) return [];
  const nothing = { measuredResidualMl: null, expectedResidualMl: null, grade: null };
  const filled = { volumeMl: dosage.dose.value, concentrationUgPerMl };
  return [{ device: pump.id ?? '', at, ...filled, ...nothing, asOf: at, source: sourceOf(one) }];
}

function lifeOf(device: Device, kind: 'pump' | 'catheter', record: HospitalRecord): Course['devices'][number] {
  const when = (action: 'implanted' | 'explanted') => procedureOn(device, action, record)?.performedDateTime ?? null;
  return {
    device: device.id ?? '',
    kind,
    manufacturer: device.manufacturer ?? 'maker not recorded',
    model: modelOf(device) ?? null,
    serialNumber: device.serialNumber ?? null,
    implanted: when('implanted'),
    firstReported: when('implanted') ?? device.manufactureDate ?? '',
    explanted: when('explanted'),
  };
}
