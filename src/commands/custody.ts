import { type Command, Option } from 'commander';
import type { SigningAlg } from '../auth/keys.ts';
import type { AuditOptions } from './audit.ts';
import { orderOfKeys } from './keys-help.ts';
import type { Shell } from './operate.ts';

/** What a deployment has to keep: its keys, and who did what. Each command loads only what it needs. */
export function addCustodyTools(program: Command, shell: Shell): void {
  addAudit(program, shell);
  addKeys(program, shell);
}

function addAudit(program: Command, { configPath, finish }: Shell): void {
  program
    .command('audit')
    .description('who did what: every request to a destination and every access to us, as AuditEvents (NDJSON)')
    .option('--since <instant>', 'from this instant on')
    .option('--until <instant>', 'before this instant')
    .option('--destination <name>', 'only at this destination')
    .option('--patient <id>', 'only about the patient with this keyed id')
    .option('--tenant <name>', 'hospital or programme', 'default')
    .action(async (options: AuditOptions) => finish(await (await import('./audit.ts')).audit(configPath(), options)));
}

interface FileOption {
  readonly file: string;
}

function addKeys(program: Command, { finish }: Shell): void {
  const keys = program
    .command('keys')
    .description('the private keys that we sign in with, and the JWKS that servers check it by')
    .addHelpText('after', orderOfKeys);
  const load = () => import('./keys.ts');
  const sub = (name: string, says: string) =>
    keys
      .command(name)
      .description(says)
      .option('--file <file>', 'the key file, as `signingKeysFile` names it', '.itb-fhir/signing-keys.json');

  sub('new', 'make a key; published, or signing where it is the first. Prints its kid.')
    .addOption(new Option('--alg <algorithm>', 'what it signs with').choices(['ES384', 'RS384']).default('ES384'))
    .action(async ({ file, alg }: FileOption & { alg: SigningAlg }) => finish(await (await load()).newKey(file, alg)));
  sub('list', 'every key with its state').action(async ({ file }: FileOption) =>
    finish(await (await load()).listKeys(file)),
  );
  sub('promote <kid>', 'let a published key sign; refused while servers may not have learnt it')
    .option('--now', 'every server has it already')
    .action(async (kid: string, { file, now }: FileOption & { now?: boolean }) =>
      finish(await (await load()).promoteKey(file, kid, now ? 'at-once' : 'after-max-age')),
    );
  sub('retire <kid>', 'take a key out of the JWKS').action(async (kid: string, { file }: FileOption) =>
    finish(await (await load()).retireKey(file, kid)),
  );
  sub('publish', 'write the JWKS to a file, for servers that cannot read our address. Public members only.')
    .requiredOption('--out <file>', 'where to write it')
    .action(async ({ file, out }: FileOption & { out: string }) => finish(await (await load()).publishKeys(file, out)));
}
