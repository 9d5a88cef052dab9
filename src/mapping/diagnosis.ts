import type { CodeableConcept } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import type { MappingContext } from './context.ts';
import { sourceWord } from './source-word.ts';

/** The diagnosis that led to the therapy, as the source codes it. */
export type Diagnosis = NonNullable<ClinicalEventOf<'baseline'>['diagnosis']>;

/**
 * By its code, else by its name, where the ConceptMap knows either. A code that it does not know is never passed
 * through: the name stays in words.
 */
export function diagnosisConcept({ system, code, display }: Diagnosis, { codes }: MappingContext): CodeableConcept {
  const map = conceptMap.sourceIndication;
  const coding =
    codes.translate(map, system, code) ??
    (display ? codes.translate(map, mapSource.indication, sourceWord(display)) : undefined);
  return { ...(coding && { coding: [coding] }), text: display ?? coding?.display ?? 'not named' };
}
