import type { Launch } from '../launches.ts';

/** The hospitals that this page may be launched by. */
export async function launches(): Promise<readonly Launch[]> {
  const response = await fetch('configuration.json');
  if (!response.ok) throw new Error(`configuration: ${response.status}`);
  return ((await response.json()) as { launches: readonly Launch[] }).launches;
}
