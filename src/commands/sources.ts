import type { Command } from 'commander';
import type { Shell } from './operate.ts';

/** What whoever looks after field maps works with. Each loads only what it needs, so that help is instant. */
export function addSourceTools(program: Command, { configPath, finish }: Shell): void {
  const sources = program
    .command('sources')
    .description('field maps: what messages and files of each source mean (mappings/sources)');

  sources
    .command('list')
    .description('every field map, and what it reads')
    .action(async () => finish((await import('./sources-list.ts')).listSources(configPath())));

  sources
    .command('check')
    .description('every field map against its own examples; says which declared fields nothing fills')
    .argument('[name]', 'only this one')
    .action(async (name: string | undefined) =>
      finish(await (await import('./sources-check.ts')).checkSources(configPath(), name)),
    );

  sources
    .command('coverage')
    .description('the acceptance report of a feed: each field that was seen, how often, and what becomes of it')
    .argument('<source>', 'name of the field map')
    .argument('<file...>', 'messages or files of the feed')
    .option('--json', 'for a machine')
    .action(async (name: string, files: string[], { json }: { json?: boolean }) => {
      const format = json ? 'json' : 'table';
      finish(await (await import('./sources-coverage.ts')).coverage(configPath(), name, { files, format }));
    });

  sources
    .command('schema')
    .description('JSON Schema of field maps, for editors')
    .action(async () => finish((await import('./sources-schema.ts')).sourcesSchema()));
}
