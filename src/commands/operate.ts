import type { Command } from 'commander';
import { positive } from './arguments.ts';
import { type InputArguments, inputOptions, takingFiles } from './input-arguments.ts';
import { addReview } from './review-tools.ts';

/** What the commands need of the process. */
export interface Shell {
  readonly configPath: () => string | undefined;
  /** Takes the exit code. */
  readonly finish: (exitCode: number) => void;
}

/** The operator's tools. Each loads only what it needs, so that help is instant. */
export function addOperatorTools(program: Command, shell: Shell): void {
  addLooking(program, shell);
  addSteering(program, shell);
  addReview(program, shell);
}

interface PreviewOptions {
  readonly offline?: boolean;
  readonly statement?: string;
  readonly real?: boolean;
}

const json = ['--json', 'for a machine'] as const;

function addLooking(program: Command, { configPath, finish }: Shell): void {
  program
    .command('doctor')
    .description(
      'look at a destination step by step: address, TLS, token, what it can hold and why. Writes nothing there.',
    )
    .argument('[destination]', 'only this one')
    .option('--patient <id>', 'look for the patient with this keyed id (default: the first that it may know)')
    .option(...json)
    .action(
      async (destination: string | undefined, { patient, json: asJson }: { patient?: string; json?: boolean }) => {
        const format = asJson ? 'json' : 'lines';
        finish(await (await import('./doctor.ts')).doctor(configPath(), { destination, patient, format }));
      },
    );

  takingFiles(program.command('preview').argument('<destination>'))
    .description('the very requests that events would cause at a destination, and what is lost there. Sends nothing.')
    .option('--offline', 'ask the destination nothing: what it can hold is what it said last')
    .option('--statement <file>', 'a CapabilityStatement in place of that of the destination')
    .option('--real', 'with the deployment key: identities as they would be')
    .action(async (destination: string, files: string[], options: InputArguments & PreviewOptions) => {
      const { offline, real, statement: statementFile } = options;
      const wanted = {
        files,
        input: inputOptions(options),
        statementFile,
        ask: offline ? 'nothing' : 'what-it-can',
        key: real ? 'real' : 'demo',
      } as const;
      finish(await (await import('./preview.ts')).preview(configPath(), destination, wanted));
    });

  program
    .command('status')
    .description('every destination: what is due and parked, whether it answers, what to do')
    .option(...json)
    .action(async ({ json: asJson }: { json?: boolean }) =>
      finish(await (await import('./status.ts')).status(configPath(), asJson ? 'json' : 'table')),
    );

  program
    .command('worklist')
    .description('what a human has to enter at a destination that takes neither FHIR nor messages')
    .argument('<destination>')
    .option('--csv', 'for a spreadsheet; else NDJSON')
    .action(async (destination: string, { csv }: { csv?: boolean }) =>
      finish(await (await import('./worklist.ts')).worklist(configPath(), destination, csv ? 'csv' : 'ndjson')),
    );

  program
    .command('reconcile')
    .description('compare what a destination holds of ours with what was written: missing, changed, twice, nobody’s')
    .argument('<destination>')
    .option('--patient <id>', 'only the patient with this keyed id')
    .option('--repair', 'send again what differs, as the drift policy of the destination says')
    .option(...json)
    .action(async (destination: string, options: { patient?: string; repair?: boolean; json?: boolean }) => {
      const wanted = {
        patient: options.patient,
        mode: options.repair ? 'repair' : 'look',
        format: options.json ? 'json' : 'table',
      } as const;
      finish(await (await import('./reconcile.ts')).reconcile(configPath(), destination, wanted));
    });
}

function addSteering(program: Command, { configPath, finish }: Shell): void {
  program
    .command('pause')
    .description('send nothing to a destination for a while; reports are taken as before')
    .argument('<destination>')
    .requiredOption('--reason <text>', 'kept in the audit; without names or record numbers')
    .option('--until <instant>', 'with its offset')
    .option('--for <time>', '30min, 4h, 2d')
    .action(async (destination: string, options: { reason: string; until?: string; for?: string }) =>
      finish(await (await import('./pause.ts')).pause(configPath(), destination, options)),
    );

  program
    .command('resume')
    .description('end a pause')
    .argument('<destination>')
    .action(async (destination: string) =>
      finish(await (await import('./pause.ts')).resume(configPath(), destination)),
    );

  program
    .command('release')
    .description('let a new mapping change what was already sent; shows what it would change first')
    .argument('<destination>')
    .option('--yes', 'without being asked')
    .option('--patients-per-minute <number>', 'how fast it goes, behind what is reported meanwhile', positive, 60)
    .action(async (destination: string, options: { yes?: boolean; patientsPerMinute: number }) => {
      const { yes, patientsPerMinute } = options;
      const wanted = { consent: yes ? 'given' : 'ask', patientsPerMinute } as const;
      finish(await (await import('./release.ts')).releaseAt(configPath(), destination, wanted));
    });

  program
    .command('promote')
    .description('take over to a live destination how a test destination was set up; shows the differences')
    .argument('<from>', 'the test destination')
    .argument('<to>', 'the live destination')
    .option('--write <file>', 'write the whole new configuration to this new file')
    .action(async (from: string, to: string, { write }: { write?: string }) =>
      finish((await import('./promote.ts')).promote(configPath(), from, to, write)),
    );
}
