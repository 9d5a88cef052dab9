import { openApp } from '../app.ts';
import { loadConfig, refuseDemoKey } from '../config.ts';
import { startService } from '../service.ts';
import { stopSignal } from './stop-signal.ts';

export async function serve(configPath: string | undefined): Promise<number> {
  const config = loadConfig(configPath);
  refuseDemoKey(config);
  const stopped = stopSignal();
  const service = await startService(await openApp(config));
  console.error(`itb-fhir listens on ${service.url} (this machine only, until senders are authenticated).`);
  if (config.destinations.length === 0)
    console.error('No destination is configured: events are kept, nothing is sent.');
  await stopped;
  await service.stop();
  return 0;
}
