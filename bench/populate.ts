/**
 * node bench/populate.ts sqlite:FILE|postgres://… PATIENTS
 *
 * Fills an empty store for the rows that read. See population.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secondsSince } from './measure.ts';
import { populate } from './population.ts';

const [storeUrl, count] = process.argv.slice(2);
if (storeUrl === undefined || !/^\d+$/.test(count ?? '')) {
  console.error('node bench/populate.ts sqlite:FILE|postgres://… PATIENTS');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'itb-fhir-populate-'));
const started = performance.now();
const { patients, resources } = await populate(storeUrl, folder, Number(count));
console.log(`${patients} patients, ${resources} resources, ${Math.round(secondsSince(started))} s`);
rmSync(folder, { recursive: true });
