import { openApp } from '../app.ts';
import { loadConfig, refuseDemoKey } from '../config.ts';
import { startService } from '../service.ts';
import { stopSignal } from './stop-signal.ts';
import { tellWaitingMappings } from './waiting-mappings.ts';

export async function serve(configPath: string | undefined): Promise<number> {
  const config = loadConfig(configPath);
  refuseDemoKey(config);
  const stopped = stopSignal();
  const app = await openApp(config);
  const service = await startService(app);
  console.error(`itb-fhir listens on ${service.url} (this machine only, until senders are authenticated).`);
  if (config.destinations.length === 0)
    console.error('No destination is configured: events are kept, nothing is sent.');
  await tellWaitingMappings(app);
  await stopped;
  await service.stop();
  return 0;
}
