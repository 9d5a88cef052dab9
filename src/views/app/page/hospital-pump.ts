import type { Device, Observation, Procedure } from '@medplum/fhirtypes';
import type { Fact } from '../../pump-status/fact-schema.ts';
import type { OnePump } from '../../pump-status/pump-schema.ts';
import { alarmsOf } from './hospital-alarms.ts';
import {
  dailyDoseOf,
  drugOf,
  isBridge,
  isFill,
  isInfusion,
  isOf,
  modelOf,
  modeOf,
  newestFirst,
  procedureOn,
} from './hospital-delivery.ts';
import { Panels, reported, unknown } from './hospital-fact.ts';
import { codeOf, type HospitalRecord, idOf, nameOf } from './hospital-record.ts';
import { placeOf } from './moments.ts';

/** Pumps of the record: those in use first. */
export function pumpsOf(record: HospitalRecord): OnePump[] {
  const pumps = record.devices.filter(({ type }) => pumpTypes.has(codeOf(type, 'itb-device-type') ?? ''));
  const inUse = (device: Device) => (device.status === 'active' ? 0 : 1);
  return pumps.toSorted((a, b) => inUse(a) - inUse(b)).map((device) => pumpOf(device, record));
}

const pumpTypes = new Set(['programmable-pump', 'constant-flow-pump']);

function pumpOf(device: Device, record: HospitalRecord): OnePump {
  const panels = new Panels(newestFirst(record.observations.filter((one) => isPanelOf(one, device))));
  return {
    device: device.id ?? '',
    ...labelOf(device, record),
    state: stateOf(device),
    catheter: catheterOf(device, panels, record),
    magneticResonance: {
      statements: [],
      words: device.safety?.[0]?.text ?? 'MR status not established: ask the manufacturer and radiology.',
    },
    notices: [],
    battery: batteryOf(panels),
    programme: programmeOf(device, panels, record),
    ...refillOf(device, panels, record),
    alarms: alarmsOf(device, record),
  };
}

function labelOf(device: Device, record: HospitalRecord) {
  const size = device.property?.find(({ type }) => codeOf(type, 'itb-observation') === 'reservoir-capacity');
  const put = procedureOn(device, 'implanted', record);
  const out = procedureOn(device, 'explanted', record);
  return {
    manufacturer: reported(device.manufacturer, undefined, device),
    model: reported(modelOf(device), undefined, device),
    serialNumber: reported(device.serialNumber, undefined, device),
    reservoirCapacityMl: reported(size?.valueQuantity?.[0]?.value, undefined, device),
    implanted: put ? reported(put.performedDateTime, put.performedDateTime, put) : unknown<string>(),
    explanted: out ? reported(out.performedDateTime, out.performedDateTime, out) : unknown<string>(),
    pocket: pocketOf(put),
  };
}

/** The adapter writes `pump pocket: site, side, plane`, as far as they are known. */
function pocketOf(put: Procedure | undefined): OnePump['pocket'] {
  const placed = put?.bodySite?.find(({ text }) => text?.startsWith(pocketPrefix))?.text?.slice(pocketPrefix.length);
  const parts = placed?.split(', ') ?? [];
  const side = sides.find((one) => parts.includes(one));
  const plane = planes.find((one) => parts.includes(one));
  const site = parts.filter((part) => part !== side && part !== plane).join(', ') || undefined;
  const of = <Value>(value: Value | undefined) =>
    put ? reported(value, put.performedDateTime, put) : unknown<Value>();
  return { site: of(site), side: of(side), plane: of(plane) };
}

const pocketPrefix = 'pump pocket: ';
const sides = ['left', 'right'] as const;
const planes = ['subfascial', 'subcutaneous'] as const;

function stateOf(device: Device): OnePump['state'] {
  const reasons = new Set(device.statusReason?.map((reason) => codeOf(reason, 'itb-device-status-reason')));
  if (device.status === 'inactive') return reported<'explanted'>('explanted', undefined, device);
  if (reasons.has('eos')) return reported<'eos'>('eos', undefined, device);
  return reported<'eri' | 'active'>(reasons.has('eri') ? 'eri' : 'active', undefined, device);
}

function catheterOf(pump: Device, panels: Panels, record: HospitalRecord): OnePump['catheter'] {
  const all = record.devices.filter(({ type }) => codeOf(type, 'itb-device-type') === 'intrathecal-catheter');
  const catheter = all.find(({ status, parent }) => status === 'active' && idOf(parent) === nameOf(pump));
  const tipLevel = withWords(panels.text('catheter-tip-level'), 'Tip level not recorded.');
  const rest = {
    tipLevel,
    tipLevelSource: panels.code<'operative-note' | 'assumed' | 'unknown'>(
      'catheter-tip-level-source',
      'itb-fact-source',
    ),
  };
  if (!catheter) {
    const none = { manufacturer: unknown<string>(), model: unknown<string>(), implanted: unknown<string>() };
    return { device: null, ...none, ...rest, implantedLengthCm: unknown(), volumeMl: unknown() };
  }
  const size = (code: string) =>
    catheter.property?.find(({ type }) => codeOf(type, 'itb-observation') === code)?.valueQuantity?.[0]?.value;
  const put = procedureOn(catheter, 'implanted', record);
  return {
    device: catheter.id ?? null,
    manufacturer: reported(catheter.manufacturer, undefined, catheter),
    model: reported(modelOf(catheter), undefined, catheter),
    implanted: put ? reported(put.performedDateTime, put.performedDateTime, put) : unknown(),
    ...rest,
    implantedLengthCm: reported(size('catheter-length'), undefined, catheter),
    volumeMl: reported(size('catheter-volume'), undefined, catheter),
  };
}

function batteryOf(panels: Panels): OnePump['battery'] {
  return {
    status: panels.code('battery-status', 'itb-battery-status'),
    monthsToEri: panels.number('months-to-eri'),
    eriSince: panels.date('eri-date'),
    replacementDate: panels.date('estimated-replacement-date'),
    eriExpected: unknown(),
    endOfServiceBy: unknown(),
    replacementWindow: unknown(),
    differenceDays: unknown(),
  };
}

/** What runs is the administration in progress: where there is none, nobody here knows what is delivered. */
function programmeOf(device: Device, panels: Panels, record: HospitalRecord): OnePump['programme'] {
  const infusions = newestFirst(record.administrations.filter((one) => isOf(one, device) && isInfusion(one)));
  const running = infusions.find(({ status }) => status === 'in-progress');
  const last = infusions[0];
  const start = running?.effectivePeriod?.start;
  const of = <Value>(value: Value | undefined) => (running ? reported(value, start, running) : unknown<Value>());
  const clears = running !== undefined && isBridge(running);
  const stopped = !running && last?.status === 'stopped' && device.status === 'active' ? last : undefined;
  return {
    delivery: stopped
      ? reported<'stopped'>('stopped', stopped.effectivePeriod?.end, stopped)
      : of<'running' | 'bridge'>(running && (clears ? 'bridge' : 'running')),
    mode: running ? of(modeOf(running)) : unknown(),
    drug: of(running && ('baclofen' as const)),
    concentrationUgPerMl: panels.number('drug-concentration'),
    additionalDrugs: unknown(),
    doseUgPerDay: of(running && dailyDoseOf(running)),
    weekdayDoses: unknown(),
    flexSteps: unknown(running && modeOf(running) === 'flex' ? (running.dosage?.text ?? undefined) : undefined),
    bolus: unknown(),
    runningSince: of(start),
    lastChange: unknown(),
    lastChangePercent: unknown(),
    patientBolus: unknown(),
    patientBolusCount: unknown(),
    bridge: { since: clears ? of(start) : unknown(), endsAt: unknown(), concentrationUgPerMl: unknown() },
  };
}

function refillOf(
  device: Device,
  panels: Panels,
  record: HospitalRecord,
): Pick<OnePump, 'refill' | 'reservoir' | 'refillPlan'> {
  const fills = record.administrations.filter((one) => isOf(one, device) && isFill(one));
  const fill = newestFirst(fills)[0];
  const at = fill?.effectiveDateTime;
  const { concentrationUgPerMl, lotNumber } = fill ? drugOf(fill, record) : {};
  const of = <Value>(value: Value | undefined) => (fill ? reported(value, at, fill) : unknown<Value>());
  const shown = (code: string) => unlessOutdated(panels.date(code), [at, programmedAt(device, record)]);
  return {
    refill: {
      last: of(at),
      volumeMl: of(fill?.dosage?.dose?.value),
      concentrationUgPerMl: of(concentrationUgPerMl),
      lotNumber: of(lotNumber),
      measuredResidualMl: panels.number('measured-residual-volume', 'measured'),
      expectedResidualMl: { reported: panels.number('expected-residual-volume'), calculated: unknown() },
      discrepancyMl: { reported: panels.number('reported-residual-discrepancy'), calculated: unknown() },
      ...{ setting: unknown(), place: unknown(), direction: unknown() },
      ...{ grade: unknown(), reading: unknown(), deliveredToProgrammed: unknown(), ratioBound: unknown() },
    },
    reservoir: {
      reportedMl: panels.number('reported-reservoir-volume'),
      calculatedMl: unknown(),
      differenceMl: unknown(),
      alarmVolumeMl: panels.number('low-reservoir-alarm-volume'),
    },
    refillPlan: {
      alarmDate: {
        reported: shown('reported-low-reservoir-alarm-date'),
        calculated: unknown(),
        differenceDays: unknown(),
      },
      dueBy: { reported: shown('reported-refill-due-date'), calculated: unknown(), differenceDays: unknown() },
      ...{ stableUntil: unknown(), daysLeft: unknown(), state: unknown(), calculatedEnd: unknown(), words: null },
    },
  };
}

/** When the programme was set last, or ended; what runs behind a bridge was programmed with it. */
function programmedAt(device: Device, { administrations }: HospitalRecord): string | undefined {
  const infusions = newestFirst(administrations.filter((one) => isOf(one, device) && isInfusion(one)));
  const [last, before] = infusions;
  if (last && last.status !== 'in-progress') return last.effectivePeriod?.end ?? last.effectivePeriod?.start;
  return before && isBridge(before) ? before.effectivePeriod?.start : last?.effectivePeriod?.start;
}

/** A later fill or another programme makes the dates of a pump others. */
function unlessOutdated(date: Fact<string>, changes: readonly (string | undefined)[]): Fact<string> {
  const shownAt = date.asOf;
  if (date.value === null || shownAt === null) return date;
  const isOutdated = changes.some((at) => at !== undefined && placeOf(at).getTime() > placeOf(shownAt).getTime());
  return isOutdated
    ? { ...date, words: 'Shown before what was reported since of the reservoir or its programme.' }
    : date;
}

const withWords = (fact: OnePump['catheter']['tipLevel'], words: string) =>
  fact.value === null ? { ...fact, words } : fact;

const isPanelOf = (one: Observation, device: Device): boolean =>
  codeOf(one.code, 'itb-observation') === 'pump-status-panel' && idOf(one.device) === nameOf(device);
