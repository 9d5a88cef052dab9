import type { Command } from 'commander';
import { positive } from './arguments.ts';
import type { Shell } from './operate.ts';
import type { AskedItems } from './review.ts';

/** `review` and what belongs to it. Each loads only what it needs, so that help is instant. */
export function addReview(program: Command, shell: Shell): void {
  const review = program
    .command('review')
    .description('what a human has to decide: refused and held reports, doubts about a therapy, parked runs');
  addLooking(review, shell);
  addDeciding(review, shell);
}

const tenant = ['--tenant <name>', 'hospital or programme', 'default'] as const;

/** What narrows a list, or what is tried again. */
const narrowing = (command: Command): Command =>
  command
    .option('--code <problem>', 'only this problem code')
    .option('--source <name>', 'only what this source system reported, or this field map read')
    .option('--stage <name>', 'only what was found there: intake, ledger, therapy, mapping, reading or sync')
    .option('--patient <id>', 'only the patient with this keyed id')
    .option('--destination <name>', 'only this destination')
    .option('--words <text>', 'only where the words of the problem say this')
    .option('--within <days>', 'only what was opened in the last days', positive)
    .option('--before <days>', 'only what was opened longer ago than these days', positive)
    .option(...tenant);

function addLooking(review: Command, { configPath, finish }: Shell): void {
  narrowing(review.command('list', { isDefault: true }))
    .description('NDJSON, one item a line, without what was sent')
    .option('--closed', 'what was resolved or dismissed instead')
    .option('--json', 'as it is anyway')
    .action(async ({ closed, json: _, ...asked }: AskedItems & { closed?: boolean; json?: boolean }) => {
      const state = closed ? 'closed' : 'open';
      finish(await (await import('./review.ts')).listItems(configPath(), asked, state));
    });

  review
    .command('show')
    .description(
      'one item, open or closed, with what was sent and its faulty field marked. Who looks stands in the audit',
    )
    .argument('<id>', 'number of the item', positive)
    .option('--json', 'for a machine')
    .option(...tenant)
    .action(async (id: number, options: { tenant: string; json?: boolean }) => {
      const form = options.json ? 'json' : 'text';
      finish(await (await import('./review.ts')).showItem(configPath(), options.tenant, id, form));
    });
}

function addDeciding(review: Command, { configPath, finish }: Shell): void {
  narrowing(review.command('retry'))
    .description(
      'try again: a refused report is read again by the maps and tables of now, what is parked is sent, ours is written where it was changed',
    )
    .argument('[id]', 'number of the item; else say which, or --all', positive)
    .option('--all', 'every open item')
    .action(async (id: number | undefined, { all, ...asked }: AskedItems & { all?: boolean }) => {
      const commands = await import('./review.ts');
      finish(
        id === undefined
          ? await commands.retryMatching(configPath(), asked, all ? 'all' : 'these')
          : await commands.retry(configPath(), asked.tenant, id),
      );
    });

  review
    .command('dismiss')
    .description('close an item: it stays as it is; where it was changed at the destination, theirs stands')
    .argument('<id>', 'number of the item', positive)
    .requiredOption('--reason <text>', 'kept in the audit; without names or record numbers')
    .option(...tenant)
    .action(async (id: number, options: { tenant: string; reason: string }) =>
      finish(await (await import('./review.ts')).dismiss(configPath(), options.tenant, id, options.reason)),
    );

  review
    .command('purge')
    .description('remove what senders sent and what is over its time (retention); the service does it every hour')
    .option('--dry-run', 'say how much it would be')
    .action(async ({ dryRun }: { dryRun?: boolean }) =>
      finish(await (await import('./review-purge.ts')).purgeReview(configPath(), dryRun ? 'dry-run' : 'remove')),
    );
}
