import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { itb } from '../fhir/systems.ts';
import type { MappingContext } from './context.ts';
import { concept } from './element.ts';
import { sourceWord } from './source-word.ts';

/** A code of ours that a sender wrote, in whatever case, or the one that its own word stands for in the ConceptMap. */
export function complicationCode(stated: string, { codes }: MappingContext): Coding | undefined {
  const word = sourceWord(stated);
  return (
    codes.lookUp(itb.complication, word.toLowerCase()) ??
    codes.translate(conceptMap.sourceComplication, mapSource.complication, word)
  );
}

/** A symptom stays in the words of the reporter; a standard code stands beside it where these words mean it exactly. */
export function symptom(words: string, { codes }: MappingContext): CodeableConcept {
  const coding = codes.translate(conceptMap.sourceSymptom, mapSource.symptom, sourceWord(words));
  return { ...(coding && { coding: [coding] }), text: words };
}

/** What followed: another complication, or a symptom. The words stay in any case. */
export function consequence(words: string, context: MappingContext): CodeableConcept {
  const code = complicationCode(words, context)?.code;
  if (!code) return symptom(words, context);
  return { ...concept(context, itb.complication, code), text: words };
}
