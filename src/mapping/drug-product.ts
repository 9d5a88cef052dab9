import type { Coding } from '@medplum/fhirtypes';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { external } from '../fhir/systems.ts';
import type { MappingContext } from './context.ts';

/**
 * The product that a National Drug Code names: the code as it is listed, and the clinical drug in RxNorm where that is
 * certain. Empty where the code is not in the table: it is never passed through.
 */
export function productCodings({ codes }: MappingContext, ndc: string): Coding[] {
  const listed = codes.translate(conceptMap.sourceNdc, mapSource.ndcDigits, ndcDigits(ndc));
  if (!listed?.code) return [];
  const drug = codes.translate(conceptMap.ndcToRxnorm, external.ndc, listed.code);
  return drug ? [listed, drug] : [listed];
}

/**
 * The eleven digits of a code in any of its hyphenated forms; what has too many is in no table. Ten digits alone could
 * mean three products, and stay ten.
 */
const ndcDigits = (ndc: string): string =>
  ndc.replace(/(\d+)-(\d+)-(\d+)/, (_code, labeler: string, product: string, pack: string) =>
    [labeler.padStart(5, '0'), product.padStart(4, '0'), pack.padStart(2, '0')].join(''),
  );
