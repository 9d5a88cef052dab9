import type { Config } from '../config.ts';
import type { DestinationStatus, LiveStatus } from '../operate/destination-status.ts';

/** Long enough for a service on this machine. */
const timeoutMs = 2_000;

/**
 * What only the running service knows, asked at its admin interface on this machine; by `tenant/name`. Nothing where it
 * does not run or has no admin token.
 */
export async function liveStatuses({ server, adminToken }: Config): Promise<ReadonlyMap<string, LiveStatus>> {
  if (adminToken === undefined) return new Map();
  try {
    const response = await fetch(`http://${server.host}:${server.port}/admin/destinations`, {
      headers: { authorization: `Bearer ${adminToken}` },
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    if (!response.ok) return new Map();
    const { destinations } = (await response.json()) as { destinations: readonly DestinationStatus[] };
    return new Map(destinations.flatMap(({ tenant, name, live }) => (live ? [[`${tenant}/${name}`, live]] : [])));
  } catch {
    // It does not run, or something else listens there: what the store says stands by itself.
    return new Map();
  }
}
