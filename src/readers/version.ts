import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../app.ts';

/**
 * Changes whenever what readers are told could, the same reports given: the code of therapy, mapping and views, the
 * tables, the settings. What an earlier version made is made again before it is told to anybody.
 */
export function readingVersion({ config, mappingVersion }: App): string {
  const { therapy, calculatedValues, emit, destinations } = config;
  const servers = destinations.map(({ tenant, environment, name, fhirBaseUrl }) => [
    ...[tenant, environment, name, fhirBaseUrl],
  ]);
  const hash = createHash('sha256').update(mappingVersion);
  hash.update(JSON.stringify([therapy, calculatedValues, emit, servers]));
  for (const folder of ['therapy', 'views/pump-status', 'views/read-model']) hashFolder(hash, folder);
  return hash.digest('hex').slice(0, 16);
}

const srcDir = join(import.meta.dirname, '..');

function hashFolder(hash: ReturnType<typeof createHash>, folder: string): void {
  const names = readdirSync(join(srcDir, folder), { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((each) => each.endsWith('.ts')).sort()) {
    hash.update(name).update(readFileSync(join(srcDir, folder, name)));
  }
}
