import type { Coding } from '@medplum/fhirtypes';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { external } from '../fhir/systems.ts';
import type { MappingContext } from './context.ts';

/**
 * The product that a National Drug Code names: the code as it is listed, and the clinical drug in RxNorm where that is
 * certain. Empty where the code is not in the table: it is never passed through.
 */
export function productCodings({ codes }: MappingContext, ndc: string): Coding[] {
  const digits = ndcDigits(ndc);
  const listed = digits ? codes.translate(conceptMap.sourceNdc, mapSource.ndcDigits, digits) : undefined;
  if (!listed) return [];
  const drug = codes.translate(conceptMap.ndcToRxnorm, external.ndc, listed.code ?? '');
  return drug ? [listed, drug] : [listed];
}

const partLengths = [5, 4, 2];

/** The eleven digits of a code in any of its hyphenated forms; ten digits alone could mean three products. */
function ndcDigits(ndc: string): string | undefined {
  const parts = ndc.trim().split('-');
  if (parts.length === 1) return /^\d{11}$/.test(ndc.trim()) ? ndc.trim() : undefined;
  const isCode =
    parts.length === 3 && parts.every((part, n) => /^\d+$/.test(part) && part.length <= (partLengths[n] ?? 0));
  return isCode ? parts.map((part, n) => part.padStart(partLengths[n] ?? 0, '0')).join('') : undefined;
}
