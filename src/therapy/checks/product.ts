import type { Fill } from '../../event/program.ts';
import { concentrationOfNdc, strengthInName } from '../product.ts';
import { equals, quantity } from '../quantity.ts';
import type { Checked, Finding } from './finding.ts';

/** The product on the label has another concentration than the one stated: 10 mg in 5 mL and in 20 mL look alike. */
export function checkProduct({ event, settings }: Checked): readonly Finding[] {
  if (!('fill' in event) || !event.fill) return [];
  const fill: Fill = event.fill;
  const stated = quantity(fill.concentrationUgPerMl);
  const ofProduct = fill.ndc === undefined ? undefined : concentrationOfNdc(settings, fill.ndc);
  const ofName = fill.productName === undefined ? undefined : strengthInName(fill.productName);
  const contradiction = (field: string): Finding => ({
    code: 'product-contradicts-concentration',
    field,
    message: 'the product named has another concentration than the fill states',
  });
  return [
    ...(ofProduct && !equals(ofProduct, stated) ? [contradiction('fill.ndc')] : []),
    ...(ofName && !equals(ofName, stated) ? [contradiction('fill.productName')] : []),
  ];
}
