import type { CarePlan, CarePlanActivity, CarePlanActivityDetail } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, ofEvent, refer, subject } from './element.ts';
import { encounterOf, organizationOf } from './party.ts';
import { performerOf } from './performer.ts';

type Plan = ClinicalEventOf<'care-plan'>;

/** One CarePlan for each that the clinic signed: the newest is active and replaces the one before, which is revoked. */
export function carePlans(therapy: Timeline, context: MappingContext): Built[] {
  const plans = therapy.entries.filter(isPlan);
  return plans.map((entry, n): Built => {
    const [older, newer] = [plans[n - 1], plans[n + 1]];
    const identity = eventIdentity(context, entry, 'care-plan');
    const optional = older && [eventIdentity(context, older, 'care-plan')];
    return { identity, resource: carePlan({ entry, older, newer }, context), entry, changedBy: newer, optional };
  });
}

interface InSequence {
  readonly entry: Entry<Plan>;
  readonly older?: Entry | undefined;
  readonly newer?: Entry | undefined;
}

function carePlan({ entry, older, newer }: InSequence, context: MappingContext): CarePlan {
  const { event } = entry;
  const title = concept(context, itb.clinical, 'care-plan');
  const contributor = [performerOf(event), organizationOf(event)].flatMap((party) => party ?? []);
  return {
    resourceType: 'CarePlan',
    ...ofEvent(context, profile.carePlan, entry, 'care-plan'),
    ...(older && { replaces: [refer(eventIdentity(context, older, 'care-plan'))] }),
    status: newer ? 'revoked' : 'active',
    intent: 'plan',
    category: [title],
    title: title.text,
    subject: subject(context),
    encounter: encounterOf(event),
    period: { start: event.signedDate },
    created: dateTime(entry.when),
    author: { display: event.author },
    ...(contributor.length > 0 && { contributor }),
    ...(event.careTeam && { careTeam: event.careTeam.map((display) => ({ display })) }),
    ...activities(event, context),
    ...(event.note && { note: [{ text: event.note }] }),
  };
}

function activities(event: Plan, context: MappingContext): Pick<CarePlan, 'activity'> {
  const said = (code: string, texts: readonly (string | undefined)[] | undefined): CarePlanActivity[] =>
    (texts ?? []).flatMap((description) => (description ? [part(code, { description }, context)] : []));
  const activity = [
    ...said('withdrawal-signs', event.withdrawalSigns),
    ...said('overdose-signs', event.overdoseSigns),
    ...said('emergency-plan', [event.emergencyPlan]),
    ...said('contact', event.contacts?.map(contactInWords)),
    ...said('prn-drug', event.prnDrugs),
    ...said('fever-protocol', [event.feverProtocol]),
    ...(event.restrictions ?? []).map((restriction) => part('restriction', limited(restriction), context)),
    ...said('allergy', event.allergies),
    ...said('current-medication', event.currentMedication),
    ...said('skin', [event.skin]),
    ...said('device-card', [event.deviceCard]),
    ...(event.reviewDate
      ? [part('review', { status: 'scheduled', scheduledPeriod: { start: event.reviewDate } }, context)]
      : []),
  ];
  return activity.length > 0 ? { activity } : {};
}

/** What the plan says is neither begun nor done: FHIR R4 asks for a status, and "unknown" claims nothing. */
function part(code: string, detail: Partial<CarePlanActivityDetail>, context: MappingContext): CarePlanActivity {
  return { detail: { code: concept(context, itb.clinical, code), status: 'unknown', ...detail } };
}

function limited({ text, until }: NonNullable<Plan['restrictions']>[number]): Partial<CarePlanActivityDetail> {
  return { description: text, ...(until && { scheduledPeriod: { end: until } }) };
}

function contactInWords({ role, name, telephone }: NonNullable<Plan['contacts']>[number]): string {
  return [role, name, telephone].filter((word) => word !== undefined).join(', ');
}

const isPlan = (entry: Entry): entry is Entry<Plan> => entry.event.type === 'care-plan';
