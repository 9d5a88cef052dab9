import { openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { inWords } from '../event/problem.ts';
import { parkedProblems, ticketCounts } from '../outbox/queue.ts';
import { welcomeDestinations } from '../pipeline.ts';
import { workerName } from '../service.ts';
import { defaultWorkerOptions, drain, startWorker } from '../worker.ts';
import { stopSignal } from './stop-signal.ts';
import { tellWaitingMappings } from './waiting-mappings.ts';

export async function sync(
  configPath: string | undefined,
  destination: string | undefined,
  mode: 'once' | 'keep-running',
): Promise<number> {
  const config = loadConfig(configPath);
  const chosen = config.destinations.filter(({ name }) => destination === undefined || name === destination);
  if (chosen.length === 0) {
    const none = 'No destination is configured. Add one under `destinations` in the configuration file.';
    throw new ConfigError(destination ? `No destination is named ${destination}.` : none);
  }
  const app = await openApp({ ...config, destinations: chosen });
  const options = { ...defaultWorkerOptions, owner: workerName() };
  try {
    await welcomeDestinations(app);
    await tellWaitingMappings(app);
    if (mode === 'once') await drain(app, app.destinations, options);
    else {
      const worker = startWorker(app, options);
      await stopSignal();
      await worker.stop();
    }
    const names = new Set(chosen.map(({ name }) => name));
    const counts = (await ticketCounts(app.store.db)).filter((count) => names.has(count.destination));
    for (const { destination: name, idle, due, waiting, running, parked } of counts) {
      console.error(`${name}: ${idle} in step, ${due} due, ${waiting} waiting, ${running} running, ${parked} parked.`);
    }
    for (const found of await parkedProblems(app.store.db)) {
      if (names.has(found.destination))
        console.error(`  ${found.destination}, ${found.count} parked: ${inWords(found.problem)}`);
    }
    return counts.some(({ parked }) => parked > 0) ? 1 : 0;
  } finally {
    await app.close();
  }
}
