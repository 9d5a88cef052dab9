import type { Resource } from '@medplum/fhirtypes';
import type { Timeline } from '../therapy/timeline.ts';
import { adverseEvents } from './adverse-event.ts';
import { alarms } from './alarm.ts';
import { allergies } from './allergy.ts';
import { assessments } from './assessment.ts';
import { baselines } from './baseline.ts';
import { boluses, primings } from './bolus.ts';
import { bolusCounts } from './bolus-count.ts';
import type { Built, DesiredResource, Remark } from './built.ts';
import { carePlans } from './care-plan.ts';
import { catheterDevices } from './catheter-device.ts';
import { complications } from './complication.ts';
import { conditions } from './condition.ts';
import type { MappingContext } from './context.ts';
import { courses } from './course.ts';
import { dailyDoses } from './daily-dose.ts';
import { deviceUseStatements } from './device-use.ts';
import { flags } from './flag.ts';
import { holdInvalid } from './hold.ts';
import { imagings } from './imaging.ts';
import { infusions } from './infusion.ts';
import { procedures } from './procedure.ts';
import { provenances } from './provenance.ts';
import { pumpDevices } from './pump-device.ts';
import { pumpStatuses } from './pump-status.ts';
import { regimens } from './regimen.ts';
import { remarks } from './remarks.ts';
import { rescueMedications } from './rescue-medication.ts';
import { fills } from './reservoir-fill.ts';
import { screenings } from './screening.ts';
import { withUsCoreClaim } from './us-core.ts';
import { volumeDiscrepancies } from './volume-discrepancy.ts';

export interface Desired {
  readonly patientId: string;
  /** Live resources only, devices first: a server may take them in this order. */
  readonly resources: readonly DesiredResource[];
  readonly remarks: readonly Remark[];
  readonly nextChangeAt?: Temporal.Instant | undefined;
}

/** The timeline as FHIR R4: what every server should say about this patient's therapy now. Pure. */
export function desired(therapy: Timeline, context: MappingContext): Desired {
  const built: Built[] = [
    ...pumpDevices(therapy, context),
    ...catheterDevices(therapy, context),
    ...fills(therapy, context),
    ...procedures(therapy, context),
    ...regimens(therapy, context),
    ...infusions(therapy, context),
    ...boluses(therapy, context),
    ...primings(therapy, context),
    ...pumpStatuses(therapy, context),
    ...dailyDoses(therapy, context),
    ...bolusCounts(therapy, context),
    ...volumeDiscrepancies(therapy, context),
    ...alarms(therapy, context),
    ...complications(therapy, context),
    ...adverseEvents(therapy, context),
    ...assessments(therapy, context),
    ...screenings(therapy, context),
    ...rescueMedications(therapy, context),
    ...imagings(therapy, context),
    ...baselines(therapy, context),
    ...courses(therapy, context),
    ...carePlans(therapy, context),
    ...conditions(therapy, context),
    ...flags(therapy, context),
    ...allergies(therapy, context),
  ];
  const made = built
    .filter((item): item is DesiredResource => 'resource' in item)
    .map(compact)
    .map(withUsCoreClaim);
  const kept = holdInvalid(made);
  const origins = holdInvalid(provenances(kept.resources, context).map(compact));
  return {
    patientId: context.patientId,
    resources: [...kept.resources, ...origins.resources],
    remarks: [
      ...remarks(therapy),
      ...built.filter((item): item is Remark => 'problem' in item),
      ...kept.remarks,
      ...origins.remarks,
    ],
    nextChangeAt: therapy.nextChangeAt,
  };
}

/**
 * What patient summaries list of implants besides: a DeviceUseStatement for each device that stands. On demand only, so
 * that servers are not kept in step with what is derived.
 */
export function withDeviceUse(result: Desired, therapy: Timeline, context: MappingContext): Desired {
  const there = new Set(result.resources.map(({ identity }) => identity));
  const uses = deviceUseStatements(therapy, context, there).map(compact);
  const kept = holdInvalid(uses);
  return {
    ...result,
    resources: [...result.resources, ...kept.resources],
    remarks: [...result.remarks, ...kept.remarks],
  };
}

/** FHIR JSON has no empty members: what a builder left undefined is not there. */
function compact(item: DesiredResource): DesiredResource {
  return { ...item, resource: withoutUndefined(item.resource) as Resource };
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutUndefined);
  const members = value as Readonly<Record<string, unknown>>;
  const kept: Record<string, unknown> = {};
  for (const key in members) {
    if (members[key] !== undefined) kept[key] = withoutUndefined(members[key]);
  }
  return kept;
}
