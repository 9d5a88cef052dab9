import type { Resource } from '@medplum/fhirtypes';
import type { Timeline } from '../therapy/timeline.ts';
import { assessments } from './assessment.ts';
import { boluses, primings } from './bolus.ts';
import type { Built, DesiredResource, Remark } from './built.ts';
import { catheterDevices } from './catheter-device.ts';
import { complications } from './complication.ts';
import type { MappingContext } from './context.ts';
import { dailyDoses } from './daily-dose.ts';
import { holdInvalid } from './hold.ts';
import { infusions } from './infusion.ts';
import { procedures } from './procedure.ts';
import { provenances } from './provenance.ts';
import { pumpDevices } from './pump-device.ts';
import { pumpStatuses } from './pump-status.ts';
import { regimens } from './regimen.ts';
import { remarks } from './remarks.ts';
import { fills } from './reservoir-fill.ts';

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
    ...complications(therapy, context),
    ...assessments(therapy, context),
  ];
  const made = built.filter((item): item is DesiredResource => 'resource' in item).map(compact);
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

/** FHIR JSON has no empty members: what a builder left undefined is not there. */
function compact(item: DesiredResource): DesiredResource {
  return { ...item, resource: JSON.parse(JSON.stringify(item.resource)) as Resource };
}
