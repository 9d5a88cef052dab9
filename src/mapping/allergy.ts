import type { AllergyIntolerance } from '@medplum/fhirtypes';
import type { ClinicalType } from '../event/event.ts';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, ofEvent, subject } from './element.ts';
import { recorded } from './observed.ts';
import { performerOf } from './performer.ts';
import { sourceWord } from './source-word.ts';

/** A baseline and a care plan may name allergies. */
interface NamesAllergies {
  readonly type: ClinicalType;
  readonly allergies?: readonly string[] | undefined;
}

/**
 * Opt-in, because the allergy list is the clinicians': an allergy to baclofen, once, from the first report that states
 * it in so many words. "No known allergy to baclofen" is none, and other allergies stay in words where they were told.
 */
export function allergies(therapy: Timeline, context: MappingContext): Built[] {
  if (!context.emit?.allergy) return [];
  const entry = therapy.entries.find((candidate) => allergyWords(candidate, context) !== undefined);
  if (!entry) return [];
  const text = allergyWords(entry, context) as string;
  const resource: AllergyIntolerance = {
    resourceType: 'AllergyIntolerance',
    ...ofEvent(context, profile.allergy, entry, 'allergy'),
    clinicalStatus: concept(context, external.allergyClinical, 'active'),
    verificationStatus: concept(context, external.allergyVerification, 'unconfirmed'),
    code: { ...concept(context, itb.clinical, 'baclofen-allergy'), text },
    patient: subject(context),
    recordedDate: recorded(entry),
    recorder: performerOf(entry.event),
  };
  return [{ identity: eventIdentity(context, entry, 'allergy'), resource, entry }];
}

/** The words by which the report names an allergy to baclofen. */
function allergyWords({ event }: Entry, { codes }: MappingContext): string | undefined {
  const { allergies: named }: NamesAllergies = event;
  return named?.find((words) => codes.translate(conceptMap.sourceAllergy, mapSource.allergy, sourceWord(words)));
}
