import { z } from 'zod';
import { provenance, readDataFile } from './data-file.ts';
import type { Product } from './therapy/settings.ts';

const product = z.strictObject({
  ndc: z.string().regex(/^\d{4,5}-\d{3,4}-\d{1,2}$/, 'labeler-product-package'),
  name: z.string().min(1),
  concentrationUgPerMl: z.number().positive(),
  containerMl: z.number().positive().optional(),
  ...provenance,
});

const table = z.strictObject({ products: z.array(product) });

/** Reads mappings/products.json: the concentration of each product whose National Drug Code is known. */
export function readProducts(path: string): Product[] {
  return readDataFile(path, table).products.map(({ source: _, verified: _v, ...facts }) => facts);
}
