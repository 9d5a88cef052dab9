import type { CodeableConcept, Observation, ObservationComponent } from '@medplum/fhirtypes';
import { itb } from '../../fhir/systems.ts';
import type { Found } from './document.ts';
import { amount, type Facts, number, said } from './facts.ts';
import { codeIn } from './meaning.ts';

/** The components of an Observation, each with its place, by their code of ours. */
export interface Part {
  readonly component: ObservationComponent;
  /** `component[2]`. */
  readonly element: string;
}

/** In the order in which they stand; a code may repeat. */
export function partsOf(observation: Found<Observation> | undefined, code: string): Part[] {
  return (observation?.resource.component ?? []).flatMap((component, n) =>
    codeOf(component.code) === code ? [{ component, element: `component[${n}]` }] : [],
  );
}

export const codeOf = (concept: CodeableConcept | undefined): string | undefined =>
  codeIn(concept, itb.observation) ?? codeIn(concept, itb.clinical);

type From = Found<Observation> | undefined;

/** A number with its unit. */
export function amountIn(field: string, from: From, code: string): Facts {
  return partsOf(from, code).flatMap(({ component, element }) =>
    amount(field, component.valueQuantity, from, `${element}.value`),
  );
}

/** A number of a field that has no unit of its own. */
export function numberIn(field: string, from: From, code: string, unit: string): Facts {
  return partsOf(from, code).flatMap(({ component, element }) =>
    number(field, component.valueQuantity, unit, from, `${element}.value`),
  );
}

/** A number, or null where the sender said that there is none. */
export function amountOrNull(field: string, from: From, code: string): Facts {
  return partsOf(from, code).flatMap(({ component, element }) =>
    component.dataAbsentReason
      ? said(field, null, from, `${element}.dataAbsentReason`)
      : amount(field, component.valueQuantity, from, `${element}.value`),
  );
}

type Plain = 'valueString' | 'valueInteger' | 'valueBoolean' | 'valueDateTime';

/** A value that is taken as it stands. */
export function plainIn(field: string, from: From, code: string, type: Plain): Facts {
  return partsOf(from, code).flatMap(({ component, element }) =>
    said(field, component[type], from, `${element}.value`),
  );
}

/** A code of a CodeSystem. */
export function codeFrom(field: string, from: From, code: string, system: string): Facts {
  return partsOf(from, code).flatMap(({ component, element }) =>
    said(field, codeIn(component.valueCodeableConcept, system), from, `${element}.value`),
  );
}

/** The words of a concept. */
export function wordsIn(field: string, from: From, code: string): Facts {
  return partsOf(from, code).flatMap(({ component, element }) =>
    said(field, component.valueCodeableConcept?.text, from, `${element}.value.text`),
  );
}

/** Several of a kind as a list. */
export function listOf(field: string, from: From, code: string, text: (part: ObservationComponent) => unknown): Facts {
  return partsOf(from, code).flatMap(({ component, element }, n) =>
    said(`${field}[${n}]`, text(component), from, `${element}.value`),
  );
}
