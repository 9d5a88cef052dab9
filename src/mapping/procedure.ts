import type { CodeableConcept, Procedure, ProcedureFocalDevice } from '@medplum/fhirtypes';
import type { ClinicalEvent, ClinicalEventOf } from '../event/event.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import { pumpKey, sameCatheter } from '../therapy/device-life.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { identityOfCatheter } from './catheter-device.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, ofEvent, refer, subject } from './element.ts';
import { encounterOf, locationOf } from './party.ts';
import { type PerformerFunction, performers } from './performer.ts';
import { pocketOf, tipOf } from './placement.ts';
import { procedureNotes } from './procedure-notes.ts';
import { identityOfPump } from './pump-device.ts';
import { pumpEvent } from './pump-event.ts';

/** One Procedure for each implant, refill, reprogramming, revision, explant and interrogation. */
export function procedures(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.flatMap((entry) => {
    const done = procedureKind(entry.event);
    if (!done || isHeld(therapy, entry)) return [];
    return [
      {
        identity: eventIdentity(context, entry, 'procedure'),
        resource: procedure(therapy, entry, done, context),
        entry,
      },
    ];
  });
}

/** What was done, as a code of our CodeSystem itb-procedure, and what the person named did. */
interface Done {
  readonly code: string;
  readonly by: PerformerFunction;
}

function procedure(therapy: Timeline, entry: Entry, { code, by }: Done, context: MappingContext): Procedure {
  const { event, when } = entry;
  const bodySite = bodySites(event, context);
  const note = procedureNotes(event, context);
  return {
    resourceType: 'Procedure',
    ...withSessionReport(ofEvent(context, profile.procedure, entry, 'procedure'), event),
    status: 'completed',
    ...pumpEvent(therapy, entry, context),
    code: concept(context, itb.procedure, code),
    subject: subject(context),
    encounter: encounterOf(event),
    performedDateTime: dateTime(when),
    ...performers(context, event, by),
    location: locationOf(event),
    ...reasons(event, context),
    ...(bodySite.length > 0 && { bodySite }),
    ...devices(therapy, entry, context),
    ...(therapy.fills.some((fill) => fill.entry === entry) && {
      usedReference: [refer(eventIdentity(context, entry, 'medication'))],
    }),
    ...(note.length > 0 && { note }),
  };
}

/** The programmer's report has a number of its own, which is unique nowhere: an identifier without a system. */
function withSessionReport(begun: ReturnType<typeof ofEvent>, { session }: ClinicalEvent) {
  if (!session?.reportId) return begun;
  const report = { type: { text: 'Session report of the programmer' }, value: session.reportId };
  return { ...begun, identifier: [...begun.identifier, report] };
}

/** The cause as registries count it, and the reason in the words of the reporter. */
function reasons(event: ClinicalEvent, context: MappingContext): Pick<Procedure, 'reasonCode'> {
  const reason = 'reason' in event ? event.reason : undefined;
  if (event.type === 'explant' && event.cause) {
    const cause = concept(context, itb.explantCause, event.cause);
    return { reasonCode: [{ ...cause, text: reason ?? cause.text }] };
  }
  return reason ? { reasonCode: [{ text: reason }] } : {};
}

function procedureKind(event: ClinicalEvent): Done | undefined {
  switch (event.type) {
    case 'implant':
      return { code: implantCode(event), by: 'operator' };
    case 'refill':
      return { code: 'pump-refill', by: 'refiller' };
    case 'reservoir-emptied':
      return { code: 'reservoir-emptying', by: 'refiller' };
    case 'dose-change':
    case 'restart':
    case 'pump-stop':
      return { code: 'pump-reprogramming', by: 'programmer' };
    case 'interrogation':
      return { code: 'pump-interrogation', by: 'programmer' };
    case 'bolus':
      // What the patient requests is given by the pump as it was programmed before.
      return event.bolus.kind === 'patient-activated' ? undefined : { code: 'bolus-programming', by: 'programmer' };
    case 'revision':
      return { code: revisionCode(event), by: 'operator' };
    case 'explant':
      return { code: explantCode(event), by: 'operator' };
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

function explantCode({ removed }: ClinicalEventOf<'explant'>): string {
  if (!removed?.includes('catheter')) return 'pump-explant';
  return removed.includes('pump') ? 'system-explant' : 'catheter-explant';
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

function bodySites(event: ClinicalEvent, context: MappingContext): CodeableConcept[] {
  if (event.type !== 'implant' && event.type !== 'revision') return [];
  const sites = [event.pump && pocketOf(context, event.pump), event.catheter && tipOf(context, event.catheter)];
  return sites.filter((site) => site !== undefined);
}

const isHeld = (therapy: Timeline, entry: Entry): boolean => therapy.held.some((held) => held.entry === entry);
