import type { Condition } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { whenOf } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { complicationCode } from './complication-code.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { diagnosisConcept } from './diagnosis.ts';
import { concept, dateTime, ofEvent, refer, subject } from './element.ts';
import { recorded } from './observed.ts';
import { encounterOf } from './party.ts';
import { performerOf } from './performer.ts';

type Complication = ClinicalEventOf<'complication'>;
type Baseline = ClinicalEventOf<'baseline'>;

/**
 * Opt-in, because the problem list is the clinicians': a withdrawal or an infection that a clinician confirmed, and the
 * diagnosis that led to the therapy.
 */
export function conditions(therapy: Timeline, context: MappingContext): Built[] {
  if (!context.emit?.condition) return [];
  return therapy.entries.flatMap((entry): Built[] => {
    const resource = isBaseline(entry) ? indication(entry, context) : ofComplication(entry as Entry, context);
    return resource ? [{ identity: eventIdentity(context, entry, 'condition'), resource, entry }] : [];
  });
}

/** The Condition that a complication results in; undefined where none is written. */
export function conditionIdentity(entry: Entry<Complication>, code: string, context: MappingContext) {
  const isWritten = context.emit?.condition && entry.event.confirmed && conditionsOnceConfirmed.has(code);
  return isWritten ? eventIdentity(context, entry, 'condition') : undefined;
}

const conditionsOnceConfirmed: ReadonlySet<string> = new Set([
  'withdrawal',
  'pocket-infection',
  'surgical-site-infection',
  'meningitis',
  'sepsis',
]);

function ofComplication(entry: Entry, context: MappingContext): Condition | undefined {
  if (!isComplication(entry)) return undefined;
  const code = complicationCode(entry.event.code, context)?.code;
  if (!code || !conditionIdentity(entry, code, context)) return undefined;
  const { outcome, resolvedAt, severity } = entry.event;
  const status = clinicalStatus(entry.event);
  return {
    ...condition(entry, context),
    clinicalStatus: status && concept(context, external.conditionClinical, status),
    verificationStatus: concept(context, external.conditionVerification, 'confirmed'),
    category: [concept(context, external.conditionCategory, 'encounter-diagnosis')],
    severity: severity && concept(context, external.adverseEventSeverity, severity),
    code: concept(context, itb.complication, code),
    onsetDateTime: dateTime(entry.when),
    ...(resolvedAt && status === 'resolved' && { abatementDateTime: dateTime(whenOf(resolvedAt, entry.when.zone)) }),
    evidence: [{ detail: [refer(eventIdentity(context, entry, 'complication'))] }],
    ...(outcome === 'fatal' && { note: [{ text: 'Outcome: fatal.' }] }),
  };
}

/** Where the outcome was not reported, nothing is said. */
function clinicalStatus({ outcome, resolvedAt }: Complication): 'active' | 'inactive' | 'resolved' | undefined {
  if (outcome === 'fatal') return 'inactive';
  if (outcome === 'recovering' || outcome === 'ongoing') return 'active';
  return outcome === 'resolved' || outcome === 'resolvedWithSequelae' || resolvedAt ? 'resolved' : undefined;
}

function indication(entry: Entry<Baseline>, context: MappingContext): Condition | undefined {
  const code = entry.event.diagnosis && diagnosisConcept(entry.event.diagnosis, context);
  if (!code?.coding) return undefined;
  return {
    ...condition(entry, context),
    clinicalStatus: concept(context, external.conditionClinical, 'active'),
    category: [concept(context, external.conditionCategory, 'problem-list-item')],
    code,
  };
}

function condition(entry: Entry, context: MappingContext) {
  return {
    resourceType: 'Condition' as const,
    ...ofEvent(context, profile.condition, entry, 'condition'),
    subject: subject(context),
    encounter: encounterOf(entry.event),
    recordedDate: recorded(entry),
    recorder: performerOf(entry.event),
  };
}

const isBaseline = (entry: Entry): entry is Entry<Baseline> => entry.event.type === 'baseline';
const isComplication = (entry: Entry): entry is Entry<Complication> => entry.event.type === 'complication';
