import type { Procedure, ProcedureFocalDevice } from '@medplum/fhirtypes';
import type { ClinicalEvent, ClinicalEventOf } from '../event/event.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import { pumpKey, sameCatheter } from '../therapy/device-life.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { identityOfCatheter } from './catheter-device.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, ofEvent, refer, subject } from './element.ts';
import { performers } from './performer.ts';
import { identityOfPump } from './pump-device.ts';

/** One Procedure for each implant, refill, reprogramming, revision and explant. */
export function procedures(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.flatMap((entry) => {
    const code = procedureCode(entry.event);
    if (!code || isHeld(therapy, entry)) return [];
    return [
      {
        identity: eventIdentity(context, entry, 'procedure'),
        resource: procedure(therapy, entry, code, context),
        entry,
      },
    ];
  });
}

function procedure(therapy: Timeline, entry: Entry, code: string, context: MappingContext): Procedure {
  const { event, when } = entry;
  const sites = bodySites(event);
  const reason = 'reason' in event ? event.reason : undefined;
  return {
    resourceType: 'Procedure',
    ...ofEvent(context, profile.procedure, entry, 'procedure'),
    status: 'completed',
    code: concept(context, itb.procedure, code),
    subject: subject(context),
    performedDateTime: dateTime(when),
    ...performers(event),
    ...(reason && { reasonCode: [{ text: reason }] }),
    ...(sites.length > 0 && { bodySite: sites.map((text) => ({ text })) }),
    ...devices(therapy, entry, context),
    ...(event.type === 'refill' && { usedReference: [refer(eventIdentity(context, entry, 'medication'))] }),
  };
}

function procedureCode(event: ClinicalEvent): string | undefined {
  switch (event.type) {
    case 'implant':
      return implantCode(event);
    case 'refill':
      return 'pump-refill';
    case 'dose-change':
    case 'restart':
    case 'pump-stop':
    case 'bolus':
      return 'pump-reprogramming';
    case 'revision':
      return revisionCode(event);
    case 'explant':
      return explantCode(event.removed ?? ['pump']);
    default:
      return undefined;
  }
}

function revisionCode({ component, action }: ClinicalEventOf<'revision'>): string {
  if (component === 'catheter') return 'catheter-revision';
  return action === 'replaced' ? 'pump-replacement-catheter-kept' : 'pump-revision';
}

function implantCode(event: ClinicalEventOf<'implant'>): string {
  if (event.catheterKept) return 'pump-implant';
  if (event.pump && event.catheter) return 'system-implant';
  return event.pump ? 'pump-implant' : 'catheter-implant';
}

function explantCode(removed: readonly string[]): string {
  if (removed.length > 1) return 'system-explant';
  return removed[0] === 'catheter' ? 'catheter-explant' : 'pump-explant';
}

type Action = 'implanted' | 'explanted' | 'manipulated';

function devices(therapy: Timeline, entry: Entry, context: MappingContext): Pick<Procedure, 'focalDevice'> {
  const touched = [...pumpsTouched(therapy, entry, context), ...cathetersTouched(therapy, entry, context)];
  const focalDevice: ProcedureFocalDevice[] = touched.map(({ action, identity }) => ({
    action: { coding: [{ system: external.deviceAction, code: action }] },
    manipulated: refer(identity),
  }));
  return focalDevice.length > 0 ? { focalDevice } : {};
}

function pumpsTouched(therapy: Timeline, entry: Entry, context: MappingContext) {
  const { event, when } = entry;
  const session = therapy.sessions.find((candidate) => candidate.entry === entry);
  return therapy.pumps.flatMap(({ life }): { action: Action; identity: string }[] => {
    const identity = identityOfPump(context, life);
    const isMeant = session?.pumpKey === life.key;
    if (life.explanted === when) return [{ action: 'explanted', identity }];
    if (life.implanted === when || (isMeant && event.type === 'implant')) return [{ action: 'implanted', identity }];
    return isMeant ? [{ action: 'manipulated', identity }] : [];
  });
}

function cathetersTouched(therapy: Timeline, entry: Entry, context: MappingContext) {
  const { event, when } = entry;
  return therapy.catheters.flatMap((life) => {
    const identity = identityOfCatheter(context, life);
    if (life.implanted === when) return [{ action: 'implanted' as Action, identity }];
    if (life.explanted === when) return [{ action: 'explanted' as Action, identity }];
    const named = event.catheter && sameCatheter(life.label, event.catheter);
    const kept = event.type === 'implant' && event.catheterKept && event.pump && life.pumpKey === pumpKey(event.pump);
    return named || kept ? [{ action: 'manipulated' as Action, identity }] : [];
  });
}

function bodySites(event: ClinicalEvent): string[] {
  if (event.type !== 'implant' && event.type !== 'revision') return [];
  const pocket = event.pump?.pocketSite;
  const tip = event.catheter?.tipLevel;
  return [...(pocket ? [`pump pocket: ${pocket}`] : []), ...(tip ? [`catheter tip at the level of ${tip}`] : [])];
}

const isHeld = (therapy: Timeline, entry: Entry): boolean => therapy.held.some((held) => held.entry === entry);
