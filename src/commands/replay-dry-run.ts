import { openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { mappingChanges } from '../operate/mapping-changes.ts';
import { chosenDestination } from './chosen-destination.ts';
import { mappingChangesTold } from './mapping-changes-told.ts';
import { eventProgress } from './progress.ts';

/** What the present mapping would change of what was already sent, per destination. Sends and changes nothing. */
export async function replayDryRun(
  configPath: string | undefined,
  named: string | undefined,
  format: 'table' | 'json',
): Promise<number> {
  const config = loadConfig(configPath);
  if (config.destinations.length === 0) throw new ConfigError('No destination is configured: nothing was ever sent.');
  const destinations = named === undefined ? config.destinations : [chosenDestination(config, named)];
  const app = await openApp({ ...config, destinations });
  try {
    for (const runtime of app.destinations) {
      const { name: destination } = runtime.destination;
      const progress = await eventProgress(app, runtime.destination);
      const changes = await mappingChanges(app, runtime, {
        progress: progress.step,
        ...(format === 'json' && {
          found: (patient, change) => process.stdout.write(`${JSON.stringify({ destination, patient, ...change })}\n`),
        }),
      });
      progress.stop();
      const told = mappingChangesTold(destination, changes, app.mappingVersion);
      if (format === 'json') console.error(told);
      else process.stdout.write(`${told}\n`);
    }
    return 0;
  } finally {
    await app.close();
  }
}
