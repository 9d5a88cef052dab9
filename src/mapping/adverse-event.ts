import type { AdverseEvent } from '@medplum/fhirtypes';
import type { ClinicalEventOf, ClinicalType } from '../event/event.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import { pumpKey } from '../therapy/device-life.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { seriousness } from './complication.ts';
import { complicationCode } from './complication-code.ts';
import { concernedCatheter, concernedPump } from './concerned.ts';
import { conditionIdentity } from './condition.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, metaWithIdentity, precision, refer, subject } from './element.ts';
import { infusionIdentity } from './infusion.ts';
import { recorded } from './observed.ts';
import { encounterOf, locationOf } from './party.ts';
import { performerOf } from './performer.ts';

type Complication = ClinicalEventOf<'complication'>;

/** Each complication once more as registries read it. What AdverseEvent has no element for stands in the Observation. */
export function adverseEvents(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.complications.flatMap((entry): Built[] => {
    const code = complicationCode(entry.event.code, context)?.code;
    if (!code) return [];
    const identity = eventIdentity(context, entry, 'adverse-event');
    const suspects = suspectsOf(therapy, entry, code, context);
    const condition = conditionIdentity(entry, code, context);
    const resource = adverseEvent({ entry, code, suspects, condition }, context);
    return [{ identity, resource, entry, optional: condition === undefined ? suspects : [...suspects, condition] }];
  });
}

interface Reported {
  readonly entry: Entry<Complication>;
  readonly code: string;
  readonly suspects: readonly string[];
  readonly condition: string | undefined;
}

function adverseEvent({ entry, code, suspects, condition }: Reported, context: MappingContext): AdverseEvent {
  const { event, when } = entry;
  const identity = eventIdentity(context, entry, 'adverse-event');
  return {
    resourceType: 'AdverseEvent',
    meta: metaWithIdentity(profile.adverseEvent, entry, context, identity),
    ...precision(when),
    identifier: { system: context.identifierSystem, value: identity },
    actuality: 'actual',
    event: concept(context, itb.complication, code),
    subject: subject(context),
    encounter: encounterOf(event),
    date: dateTime(when),
    recordedDate: recorded(entry),
    ...(condition && { resultingCondition: [refer(condition)] }),
    location: locationOf(event),
    seriousness: seriousness(event, context),
    severity: event.severity && concept(context, external.adverseEventSeverity, event.severity),
    outcome: event.outcome && concept(context, external.adverseEventOutcome, event.outcome),
    recorder: performerOf(event),
    ...(suspects.length > 0 && { suspectEntity: suspects.map((suspect) => ({ instance: refer(suspect) })) }),
    subjectMedicalHistory: [refer(eventIdentity(context, entry, 'complication'))],
  };
}

/** What the reporter relates it to, as the resources that stand for it. Patient and unknown have none. */
function suspectsOf(therapy: Timeline, entry: Entry<Complication>, code: string, context: MappingContext): string[] {
  switch (entry.event.relatedTo) {
    case 'pump':
      return [concernedPump(therapy, entry, context)].flatMap((pump) => pump ?? []);
    case 'catheter':
      return [concernedCatheter(therapy, entry, context)].flatMap((catheter) => catheter ?? []);
    case 'procedure':
      return proceduresBefore(therapy, entry, code, context);
    case 'drug':
    case 'programming':
      return infusionThen(therapy, entry, context);
    default:
      return [];
  }
}

/** The reporter says "a procedure": the last operation and the last refill before it, where it can come of either. */
function proceduresBefore(therapy: Timeline, entry: Entry, code: string, context: MappingContext): string[] {
  const last = (types: ReadonlySet<ClinicalType>) =>
    therapy.entries.findLast(
      (other) => types.has(other.event.type) && !isBefore(entry.when.latest, other.when.earliest),
    );
  const operation = ofRefillsOnly.has(code) ? undefined : last(operations);
  const refill = ofOperationsOnly.has(code) ? undefined : last(refills);
  const meant = code === 'pocket-fill' && context.calculatedValues === 'shown' ? filledBefore(therapy, refill) : refill;
  return [operation, meant].flatMap((procedure) => (procedure ? [eventIdentity(context, procedure, 'procedure')] : []));
}

/** A pocket fill that is seen because a refill found most of the last fill missing is one of that last fill. */
function filledBefore({ fills }: Timeline, refill: Entry | undefined): Entry | undefined {
  const n = fills.findIndex(({ entry }) => entry === refill);
  const found = fills[n];
  if (found?.residual.reading !== 'pocket-fill-possible') return refill;
  return fills.slice(0, n).findLast(({ pumpKey: pump }) => pump === found.pumpKey)?.entry;
}

const ofRefillsOnly: ReadonlySet<string> = new Set(['pocket-fill', 'refill-error', 'wrong-concentration']);
const ofOperationsOnly: ReadonlySet<string> = new Set([
  'surgical-site-infection',
  'wound-dehiscence',
  'csf-leak',
  'pocket-seroma',
  'pocket-haematoma',
]);
const refills: ReadonlySet<ClinicalType> = new Set<ClinicalType>(['refill']);
const operations: ReadonlySet<ClinicalType> = new Set<ClinicalType>(['implant', 'revision', 'explant']);

/** The infusion that ran at its onset. */
function infusionThen(therapy: Timeline, { event, when }: Entry, context: MappingContext): string[] {
  const named = event.pump && pumpKey(event.pump);
  const segment = therapy.segments.findLast(
    ({ start, end, pumpKey: key }) =>
      (!named || key === named) && !isBefore(when.latest, start) && !(end && isBefore(end, when.earliest)),
  );
  return segment ? [infusionIdentity(segment, context)] : [];
}
