import type { DeviceUseStatement } from '@medplum/fhirtypes';
import { profile } from '../fhir/systems.ts';
import type { CatheterLife, PumpLife } from '../therapy/device-life.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { whenOf } from '../therapy/when.ts';
import type { DesiredResource } from './built.ts';
import { identityOfCatheter } from './catheter-device.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { dateTime, identifiers, meta, refer, subject } from './element.ts';
import { explantedBy, implantReport } from './implanted-device.ts';
import { placedByLabel, placedByProcedure } from './placement.ts';
import { identityOfPump } from './pump-device.ts';

/**
 * That a pump or catheter is or was in the patient: patient summaries (IPS) list implants so. Derived on demand from what
 * is known of the devices. `there`: the identities of the resources that stand; only those are named.
 */
export function deviceUseStatements(
  therapy: Timeline,
  context: MappingContext,
  there: ReadonlySet<string>,
): DesiredResource[] {
  const pumps = therapy.pumps.map(({ life }) => ({ life, device: identityOfPump(context, life) }));
  const catheters = therapy.catheters.map((life) => ({ life, device: identityOfCatheter(context, life) }));
  const standing = [...pumps, ...catheters].filter(({ device }) => there.has(device));
  return standing.map(({ life, device }) => {
    const identity = context.identities.identify(JSON.stringify(['device-use', device]));
    const procedures = [implantReport(therapy, life), explantedBy(therapy, life)]
      .flatMap((entry) => entry ?? [])
      .map((entry) => eventIdentity(context, entry, 'procedure'))
      .filter((procedure) => there.has(procedure));
    return {
      identity,
      resource: deviceUse(therapy, life, { identity, device, procedures }, context),
      entry: life.firstEntry,
    };
  });
}

type Life = PumpLife | CatheterLife;

interface Named {
  readonly identity: string;
  readonly device: string;
  readonly procedures: readonly string[];
}

function deviceUse(
  therapy: Timeline,
  life: Life,
  { identity, device, procedures }: Named,
  context: MappingContext,
): DeviceUseStatement {
  return {
    resourceType: 'DeviceUseStatement',
    meta: meta(profile.deviceUse, life.firstEntry),
    identifier: identifiers(context, identity),
    status: life.explanted ? 'completed' : 'active',
    subject: subject(context),
    ...(procedures.length > 0 && { derivedFrom: [...new Set(procedures)].map((procedure) => refer(procedure)) }),
    timingPeriod: timing(life),
    device: refer(device),
    bodySite: placedByProcedure(therapy, life, context) ?? placedByLabel(context, life),
  };
}

/** Both ends as precisely as they are known. What is not known, a summary has to be told so: it may not leave it out. */
function timing({ label, firstEntry, implanted, explanted }: Life): DeviceUseStatement['timingPeriod'] {
  const start = implanted ?? (label.implantedOn ? whenOf(label.implantedOn, firstEntry.when.zone) : undefined);
  if (!start && !explanted) return { extension: [{ url: dataAbsent, valueCode: 'unknown' }] };
  return { ...(start && { start: dateTime(start) }), ...(explanted && { end: dateTime(explanted) }) };
}

const dataAbsent = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
