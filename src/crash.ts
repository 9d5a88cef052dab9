import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectDir = resolve(import.meta.dirname, '..');

/**
 * What is told of an exception that nobody expected: its class, and where in our code it was thrown. Its message may
 * quote what was being worked on, and so may whatever hangs on it; neither is told.
 */
export function crashReport(error: unknown): string {
  if (!(error instanceof Error)) return `Something that is no Error was thrown (${typeof error}).`;
  const { name, stack = '' } = error;
  const head = `Unexpected ${/^[A-Za-z]{1,40}$/.test(name) ? name : 'Error'}. Its message is not shown, for it may quote what was sent.`;
  return [head, ...framesOf(stack, error.message)].join('\n');
}

/** Ends the process after an exception that nobody caught: its state can be trusted no more. */
export function reportCrashes(): void {
  const end = (error: unknown) => {
    console.error(crashReport(error));
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/**
 * `at …` lines, as `file:line:column` of files of ours and of packages. They are looked for behind the message, which may
 * hold lines that look like them; where it was changed since, nothing is shown.
 */
function framesOf(stack: string, message: string): string[] {
  const head = stack.indexOf(message);
  const isFirst = head >= 0 && !stack.slice(0, head).includes('\n');
  const after = isFirst ? stack.slice(head + message.length) : '';
  return after.split('\n').flatMap((line) => {
    const [, place = ''] = /^\s+at (?:.* )?\(?((?:file:\/\/|node:|\/|[A-Z]:\\)[^\s()]+:\d+:\d+)\)?$/.exec(line) ?? [];
    const shown = shownPlace(place);
    return shown ? [`    at ${shown}`] : [];
  });
}

function shownPlace(place: string): string | undefined {
  if (place.startsWith('node:')) return /^node:[\w/]+:\d+:\d+$/.test(place) ? place : undefined;
  const [, file = '', position = ''] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? [];
  const path = relative(projectDir, file.startsWith('file:') ? fileURLToPath(file) : file);
  return /^(src|node_modules)[\w/@.\\-]+$/.test(path) ? `${path}${position}` : undefined;
}
