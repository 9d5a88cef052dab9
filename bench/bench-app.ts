import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type App, openApp } from '../src/app.ts';
import { generateSigningKey } from '../src/auth/keys.ts';
import { configFrom } from '../src/config.ts';
import { demoKey } from '../src/fhir/identity.ts';
import { patientSystem } from './stories.ts';

export interface BenchAppOptions {
  readonly folder: string;
  readonly storeUrl: string;
  readonly fhirBaseUrl: string;
  readonly concurrency: number;
  readonly maxEntries: number;
  readonly requestTimeoutMs?: number;
  /** FHIR base of a second destination, which is owed everything, too. */
  readonly alsoTo?: string | undefined;
  readonly breaker?: { readonly failures: number; readonly firstWaitMs: number; readonly longestWaitMs: number };
}

/** What the configuration's defaults are. */
export const asConfigured = { concurrency: 4, maxEntries: 200 };

const keys = [await generateSigningKey('ES384')];

/** The real adapter with one destination, as `serve` opens it. */
export async function openBenchApp(options: BenchAppOptions): Promise<App> {
  const {
    folder,
    storeUrl,
    fhirBaseUrl,
    concurrency,
    maxEntries,
    requestTimeoutMs = 30_000,
    alsoTo,
    breaker,
  } = options;
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys }), { mode: 0o600 });
  const destination = {
    name: 'stub',
    environment: 'test' as const,
    fhirBaseUrl,
    clientId: 'bench',
    signingKeysFile: 'keys.json',
    patientIdentifierSystems: { [patientSystem]: patientSystem },
    concurrency,
    maxEntries,
    requestTimeoutMs,
    ...(breaker && { breaker }),
  };
  const config = configFrom(
    {
      store: { url: storeUrl },
      server: { port: 0 },
      calculatedValues: { show: true, clinicalOwner: 'benchmark' },
      terminologyPacks: ['snomed'],
      destinations: [destination, ...(alsoTo ? [{ ...destination, name: 'other', fhirBaseUrl: alsoTo }] : [])],
      logLevel: 'silent',
    },
    folder,
    'the benchmark configuration',
  );
  return openApp({ ...config, deploymentKey: demoKey });
}
