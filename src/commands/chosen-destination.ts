import { type App, openApp } from '../app.ts';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import type { ConfiguredDestination } from '../config-destination.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';

/** The destination that an operator names: by its name, or as `tenant/name` where several tenants have that name. */
export function chosenDestination(config: Config, named: string): ConfiguredDestination {
  const chosen = config.destinations.filter(({ tenant, name }) => named === name || named === `${tenant}/${name}`);
  const [only, ...others] = chosen;
  if (!only) throw new ConfigError(`No destination is named ${named}. ${thoseConfigured(config)}`);
  if (others.length > 0)
    throw new ConfigError(`Several tenants have a destination ${named}: name it as tenant/${named}.`);
  return only;
}

function thoseConfigured({ destinations }: Config): string {
  if (destinations.length === 0) return 'None is configured: add one under `destinations` in the configuration file.';
  return `There are: ${destinations.map(({ tenant, name }) => (tenant === 'default' ? name : `${tenant}/${name}`)).join(', ')}.`;
}

/** Runs an operator's work on one destination, with the app open for it alone. */
export async function atDestination(
  configPath: string | undefined,
  named: string,
  work: (app: App, runtime: DestinationRuntime) => Promise<number>,
): Promise<number> {
  const config = loadConfig(configPath);
  const destination = chosenDestination(config, named);
  const app = await openApp({ ...config, destinations: [destination] });
  try {
    const [runtime] = app.destinations;
    if (!runtime) throw new Error('the app opens every destination that it is given');
    return await work(app, runtime);
  } finally {
    await app.close();
  }
}
