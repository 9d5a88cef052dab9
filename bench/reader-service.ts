/** The real service without a destination, in a process of its own: intake and readers. Tells its address, then serves. */
import { openApp } from '../src/app.ts';
import { configFrom } from '../src/config.ts';
import { demoKey } from '../src/fhir/identity.ts';
import { startService } from '../src/service.ts';

const [folder, storeUrl, issuers] = process.argv.slice(2) as [string, string, string];

const config = configFrom(
  {
    store: { url: storeUrl },
    server: { port: 0 },
    calculatedValues: { show: true, clinicalOwner: 'benchmark' },
    terminologyPacks: ['snomed'],
    issuers: JSON.parse(issuers),
    logLevel: 'silent',
  },
  folder,
  'the benchmark configuration',
);
const service = await startService(await openApp({ ...config, deploymentKey: demoKey }));
process.on('disconnect', () => process.exit(0));
/** Whatever it is sent, it tells how long it has been working: microseconds, system and user. */
process.on('message', () => process.send?.(process.cpuUsage()));
process.send?.(service.url);
