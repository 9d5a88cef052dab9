import type { Request } from 'express';

/** How the client wants its answer; undefined: in a way that we have not. */
export interface Format {
  readonly pretty: boolean;
}

export const fhirJson = 'application/fhir+json; charset=utf-8';

/** `_format` before the Accept header (FHIR R4 "Content Types and encodings"). JSON is the only format here. */
export function formatOf(request: Request, parameters: readonly (readonly [string, string])[]): Format | undefined {
  const stated = parameters.filter(([name]) => name === '_format').map(([, value]) => value);
  const isJson =
    stated.length > 0 ? stated.every((value) => jsonFormat.test(value)) : Boolean(request.accepts([...accepted]));
  return isJson ? { pretty: parameters.some(([name, value]) => name === '_pretty' && value === 'true') } : undefined;
}

/** A `+` that was not escaped arrives as a space. */
const jsonFormat = /^(json|text\/json|application\/(json|fhir[+ ]json))\s*(;\s*(charset=utf-8|fhirVersion=4\.0)\s*)*$/i;

/** An Accept header with a parameter matches only a type offered with it. */
const accepted = ['application/fhir+json', 'application/json', 'text/json'].flatMap((type) =>
  ['', '; charset=utf-8', '; fhirVersion=4.0'].map((parameter) => type + parameter),
);
