import { openApp } from '../app.ts';
import { loadConfig, refuseDemoKey } from '../config.ts';
import { provesItself } from '../config-senders.ts';
import { startService } from '../service.ts';
import { stopSignal } from './stop-signal.ts';
import { tellWaitingMappings } from './waiting-mappings.ts';

export async function serve(configPath: string | undefined): Promise<number> {
  const config = loadConfig(configPath);
  refuseDemoKey(config);
  const stopped = stopSignal();
  const app = await openApp(config);
  const service = await startService(app);
  const isOpen = !config.senders.some(provesItself);
  console.error(`itb-fhir listens on ${service.url}${isOpen ? ' (this machine only: no sender is configured)' : ''}.`);
  for (const { port, tls } of service.mllp) console.error(`HL7 v2 over MLLP: port ${port}${tls ? ' with TLS' : ''}.`);
  if (config.destinations.length === 0)
    console.error('No destination is configured: events are kept, nothing is sent.');
  await tellWaitingMappings(app);
  await stopped;
  await service.stop();
  return 0;
}
