/** The real service in a process that its parent kills: tells its address, then serves until it dies. */
import { startService } from '../src/service.ts';
import { asConfigured, openBenchApp } from './bench-app.ts';

const [folder, fhirBaseUrl] = process.argv.slice(2) as [string, string];

/** Short, so that the lease of a killed process (twice that and ten seconds) ends within the loop. */
const requestTimeoutMs = 500;

const storeUrl = 'sqlite:ledger.sqlite';
const app = await openBenchApp({ folder, storeUrl, fhirBaseUrl, ...asConfigured, requestTimeoutMs });
const service = await startService(app);
process.on('disconnect', () => process.exit(0));
process.send?.(service.url);
