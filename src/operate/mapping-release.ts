import type { App } from '../app.ts';
import type { ConfiguredDestination } from '../config-destination.ts';
import { readState, releaseMapping } from '../store/destination-state.ts';

/** Whether the mapping of this process may change what was already sent to a destination. */
export type MappingState = 'released' | 'waiting';

/** `released`: the fingerprint that an operator released there; null: the first mapping there counts as released. */
export function mappingState(
  { mappingVersion }: Pick<App, 'mappingVersion'>,
  { release }: Pick<ConfiguredDestination, 'release'>,
  released: string | null,
): MappingState {
  return release === 'automatic' || released === null || released === mappingVersion ? 'released' : 'waiting';
}

export async function mappingStateAt(app: App, destination: ConfiguredDestination): Promise<MappingState> {
  const state = await readState(app.store.db, { tenant: destination.tenant, destination: destination.name });
  return mappingState(app, destination, state?.released_mapping_version ?? null);
}

/**
 * `known`: it is the one released there, or the first there. `new`: it comes in by itself. `waiting`: an operator has to
 * release it.
 */
export async function mappingComing(
  app: App,
  destination: ConfiguredDestination,
): Promise<'known' | 'new' | 'waiting'> {
  const state = await readState(app.store.db, { tenant: destination.tenant, destination: destination.name });
  const released = state?.released_mapping_version ?? null;
  if (mappingState(app, destination, released) === 'waiting') return 'waiting';
  return released === null || released === app.mappingVersion ? 'known' : 'new';
}

/** From now on this mapping may change what was sent there. */
export async function admitMapping(app: App, { tenant, name }: ConfiguredDestination): Promise<void> {
  const key = { tenant, destination: name };
  const state = await readState(app.store.db, key);
  if (state?.released_mapping_version === app.mappingVersion) return;
  await releaseMapping(app.store.db, key, app.mappingVersion);
}
