import type { Source } from '../intake/source/compile.ts';
import { table } from '../table.ts';
import { openSources } from './source-files.ts';

export function listSources(configPath: string | undefined): number {
  const { sources } = openSources(configPath);
  console.log(table(['Source', 'Version', 'Reads', 'Events', 'What it is'], sources.all.map(line)));
  return 0;
}

function line({ map, events }: Source): string[] {
  const types = new Set(events.flatMap(({ type }) => type ?? []));
  return [map.name, map.version, readsOf(map), String(types.size), map.description];
}

function readsOf({ format, match }: Source['map']): string {
  if (format === 'csv') return `CSV with ${match.columns?.join(', ') ?? 'any columns'}`;
  const from = [...(match.sendingApplications ?? []), ...(match.sendingFacilities ?? []), ...(match.profiles ?? [])];
  return `${match.messages?.join(', ') ?? 'any message'}${from.length > 0 ? ` of ${from.join(', ')}` : ''}`;
}
