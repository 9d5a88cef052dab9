import type { Fact, Method } from '../../pump-status/fact-schema.ts';
import { dayInWords, momentInWords } from './moments.ts';

/** `Reported 4 Jun 2024`, `By calculation, for 4 Jun 2024, 10:15 CEST`. */
export function howKnown({ method, asOf }: Fact<unknown>): string {
  if (asOf === null) return methodNames[method];
  return method === 'calculated'
    ? `${methodNames[method]}, for ${momentInWords(asOf)}`
    : `${methodNames[method]} ${dayInWords(asOf)}`;
}

export const methodNames: Readonly<Record<Method, string>> = {
  reported: 'Reported',
  measured: 'Measured',
  calculated: 'By calculation',
  unknown: 'Not known',
  withheld: 'Not shown',
};
