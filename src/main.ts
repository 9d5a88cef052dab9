import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addCustodyTools } from './commands/custody.ts';
import { type InputArguments, inputOptions, takingFiles } from './commands/input-arguments.ts';
import { addOperatorTools } from './commands/operate.ts';
import { addSourceTools } from './commands/sources.ts';
import { crashReport, reportCrashes } from './crash.ts';

// A library that we use can print request headers when DEBUG is set: tokens must never reach a log.
delete process.env.DEBUG;
reportCrashes();

/** The process and its command line. Each command loads only what it needs, so that help is instant. */

// Set before the subcommands exist, so that they inherit it: bad usage is exit code 2.
interface ImportArguments {
  tenant: string;
  dryRun?: boolean;
  resume?: boolean;
  json?: boolean;
}

const program = new Command('itb-fhir')
  .exitOverride()
  .description('FHIR R4 adapter for intrathecal baclofen (ITB) pump therapy.')
  .version('0.1.0')
  .showHelpAfterError('Run with --help to see how it is used.')
  .configureHelp({ showGlobalOptions: true })
  .option('--config <file>', 'configuration file (default: itb-fhir.json if it is there, else embedded defaults)')
  .addHelpText(
    'after',
    `
First steps:
  itb-fhir demo                     see it work against a sandbox hospital in this process
  itb-fhir schema --examples        one example of every event
  itb-fhir map events.ndjson        what your events become, without touching anything
  itb-fhir import events.ndjson     append them to the ledger
  itb-fhir doctor                   whether the hospital can be reached, and what it can hold
  itb-fhir serve                    intake, sync and views

Exit codes: 0 done, 1 done but something was refused, parked or invalid, 2 it could not run.`,
  );

const configPath = (): string | undefined => program.opts<{ config?: string }>().config;

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535) throw new InvalidArgumentError('a port is 0 to 65535');
  return value;
}

program
  .command('serve')
  .description('run the service: intake, sync worker, views. Stops cleanly on SIGINT and SIGTERM.')
  .action(async () => finish(await (await import('./commands/serve.ts')).serve(configPath())));

program
  .command('demo')
  .description('temporary store, sandbox hospital with SMART, sample therapies sent through; keeps serving')
  .option('--once', 'stop afterwards; exit 0 only if everything landed')
  .option('--port <number>', 'port of the adapter; any free one if it is taken', port, 8080)
  .action(async (options: { once?: boolean; port: number }) => {
    const mode = options.once ? 'once' : 'keep-serving';
    finish(await (await import('./commands/demo.ts')).demo(mode, options.port));
  });

takingFiles(program.command('map'))
  .description('dry run: events in, one FHIR Bundle a patient out as NDJSON; problems on stderr. Touches nothing.')
  .option('--at <instant>', 'the therapy as known at this instant (default: now)')
  .option('--ips', 'add what patient summaries (IPS) list of implants: a DeviceUseStatement for each device')
  .action(async (files: string[], options: InputArguments & { at?: string; ips?: boolean }) => {
    const wanted = {
      ...inputOptions(options),
      ...{ at: options.at, extent: options.ips ? ('with-device-use' as const) : ('as-synced' as const) },
    };
    finish(await (await import('./commands/map.ts')).map(files, configPath(), wanted));
  });

program
  .command('validate')
  .description('resources, Bundles or NDJSON against base R4, our profiles and bindings; OperationOutcome lines')
  .argument('<file...>', 'JSON or NDJSON files; - for standard input')
  .action(async (files: string[]) => finish(await (await import('./commands/validate.ts')).validateFiles(files)));

takingFiles(program.command('import'))
  .description('append events to the ledger; the same file twice changes nothing')
  .option('--tenant <name>', 'hospital or programme that the events belong to', 'default')
  .option('--dry-run', 'say what would be new, known, in conflict or refused; append nothing')
  .option('--resume', 'pass over the rows that an import of the same file made durable before')
  .option('--json', 'with --dry-run: as one JSON object')
  .action(async (files: string[], options: InputArguments & ImportArguments) => {
    const from = options.resume ? ('where-it-stopped' as const) : ('start' as const);
    const wanted = { ...inputOptions(options), tenant: options.tenant, from };
    if (!options.dryRun) {
      return finish(await (await import('./commands/import.ts')).importFiles(files, configPath(), wanted));
    }
    const { rehearseImport } = await import('./commands/import-rehearsal.ts');
    finish(await rehearseImport(files, configPath(), wanted, options.json ? 'json' : 'text'));
  });

program
  .command('sync')
  .description('run the worker alone')
  .option('--destination <name>', 'only this destination')
  .option('--once', 'stop when nothing is due; exit 1 if anything is parked')
  .action(async (options: { destination?: string; once?: boolean }) => {
    const mode = options.once ? 'once' : 'keep-running';
    finish(await (await import('./commands/sync.ts')).sync(configPath(), options.destination, mode));
  });

program
  .command('replay')
  .description(
    'make what readers are told again from the ledger, and owe every destination a look at its patients; sends only differences',
  )
  .option('--patient <id>', 'only the patient with this keyed id')
  .option('--tenant <name>', 'hospital or programme', 'default')
  .option('--dry-run', 'owe nothing: say what the present mapping would change of what was already sent')
  .option('--destination <name>', 'with --dry-run: only this destination')
  .option('--json', 'with --dry-run: every change, one a line')
  .action(
    async (options: { patient?: string; tenant: string; dryRun?: boolean; destination?: string; json?: boolean }) => {
      const { tenant, patient, dryRun, destination, json } = options;
      if (dryRun) {
        const format = json ? 'json' : 'table';
        return finish(
          await (await import('./commands/replay-dry-run.ts')).replayDryRun(configPath(), destination, format),
        );
      }
      finish(await (await import('./commands/replay.ts')).replay(configPath(), tenant, patient));
    },
  );

addOperatorTools(program, { configPath, finish });
addCustodyTools(program, { configPath, finish });
addSourceTools(program, { configPath, finish });

program
  .command('export')
  .description('all therapies as NDJSON, one file a resource type, with a manifest')
  .requiredOption('--out <directory>', 'where to write; created if it is not there')
  .option('--tenant <name>', 'hospital or programme', 'default')
  .option('--environment <name>', 'live or test', 'live')
  .action(async (options: { out: string; tenant: string; environment: string }) =>
    finish(await (await import('./commands/export.ts')).exportTherapies(configPath(), options)),
  );

program
  .command('schema')
  .description('JSON Schema of the canonical events')
  .option('--examples', 'one example of every event instead')
  .action(async (options: { examples?: boolean }) => {
    const what = options.examples ? 'examples' : 'json-schema';
    finish((await import('./commands/schema.ts')).schema(what));
  });

/** 0 or 1; a command that keeps running sets it when it stops. */
function finish(exitCode: number): void {
  process.exitCode = exitCode;
}

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await explain(error);
}

/** What an operator can mend is one sentence; anything else is a bug and shows where, never what. */
async function explain(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const [{ ConfigError }, { DataFileError }] = await Promise.all([import('./config.ts'), import('./data-file.ts')]);
  if (error instanceof ConfigError || error instanceof DataFileError) console.error(error.message);
  else console.error(crashReport(error));
  return 2;
}
