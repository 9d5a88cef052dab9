import type { CodeableConcept, Observation, ObservationComponent, Reference } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import { external, itb } from '../fhir/systems.ts';
import { type Entry, isCorrection } from '../therapy/history.ts';
import { whenOf } from '../therapy/when.ts';
import type { Remark } from './built.ts';
import type { MappingContext, Role } from './context.ts';
import { concept, dateTime, ofEvent, subject } from './element.ts';
import { encounterOf, organizationOf } from './party.ts';
import { performerOf } from './performer.ts';

/** The elements that all Observations about the patient share. */

/** What was reported about the patient: when, by whom, at which encounter, and when it was recorded. */
export function observed(context: MappingContext, profile: string, entry: Entry, role: Role) {
  const encounter = encounterOf(entry.event);
  const issued = recorded(entry);
  const performer: Reference<never>[] = [performerOf(entry.event), organizationOf(entry.event)].flatMap(
    (party) => (party as Reference<never> | undefined) ?? [],
  );
  return {
    resourceType: 'Observation' as const,
    ...ofEvent(context, profile, entry, role),
    status: statusOf(entry),
    subject: subject(context),
    ...(encounter && { encounter }),
    effectiveDateTime: dateTime(entry.when),
    ...(issued && { issued }),
    ...(performer.length > 0 && { performer }),
    ...(entry.event.note && { note: [{ text: entry.event.note }] }),
  };
}

/** Of an event that the source corrected it is not the value that the source sent first. */
const statusOf = (entry: Entry): Observation['status'] => (isCorrection(entry) ? 'corrected' : 'final');

/**
 * When the source recorded the event, as it says itself. Of a corrected event its Provenance tells; when we received it
 * is never told here, because it differs from copy to copy.
 */
export function recorded({ event, when }: Entry): string | undefined {
  const { recordedAt } = event as { recordedAt?: string };
  return recordedAt && dateTime(whenOf(recordedAt, when.zone));
}

/** Of a category that FHIR R4 names. */
export const category = (context: MappingContext, code: string): { category: CodeableConcept[] } => ({
  category: [{ coding: [context.codes.coding(external.observationCategory, code)] }],
});

/** The value was asked for and not reported. */
export const unknownValue = (context: MappingContext): Pick<Observation, 'dataAbsentReason'> => ({
  dataAbsentReason: concept(context, external.dataAbsentReason, 'unknown'),
});

export type Value = Omit<ObservationComponent, 'code'>;

/** A fact about the patient with its value; nothing where no value was reported. */
export function fact(context: MappingContext, code: string, value: Value | undefined): ObservationComponent[] {
  return value ? [{ code: concept(context, itb.clinical, code), ...value }] : [];
}

export const inText = (text: string | undefined): Value | undefined =>
  text === undefined ? undefined : { valueString: text };

export const inBoolean = (value: boolean | undefined): Value | undefined =>
  value === undefined ? undefined : { valueBoolean: value };

/** One of our own answers. */
export function answer(context: MappingContext, code: string | undefined): Value | undefined {
  return code === undefined ? undefined : { valueCodeableConcept: concept(context, itb.clinicalAnswer, code) };
}

/** What cannot be used keeps its event back. */
export function heldBack(
  entry: Entry,
  code: 'code-unmapped' | 'value-not-on-scale',
  message: string,
  field: string,
): Remark {
  return { problem: problem(code, message, { field, eventId: entry.source.reportEventId }), held: true, entry };
}

/** Something to know beside what is written. */
export function beside(
  entry: Entry,
  code: 'code-unmapped' | 'score-missing' | 'kept-in-ledger' | 'pump-unknown',
  message: string,
  field: string,
): Remark {
  const severity = code === 'kept-in-ledger' ? 'information' : 'warning';
  return {
    problem: problem(code, message, { field, eventId: entry.source.reportEventId }, severity),
    held: false,
    entry,
  };
}
