import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '../..');
const node = join(project, 'node_modules/.bin/node');

/** Shared by all processes that tests start: a third of the time of a short command is compiling. */
export const compileCache = join(tmpdir(), 'itb-fhir-test-compile-cache');

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to run the real command in: its own configuration, its own store. */
export interface Desk {
  readonly folder: string;
  path(name: string): string;
  write(name: string, content: unknown): string;
  /** For its owner alone, as keys are kept. */
  writePrivately(name: string, content: unknown): string;
  read(name: string): string;
  /** `itb-fhir …` to its end. */
  run(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Promise<Outcome>;
  /** `itb-fhir …`, left running. */
  start(args: readonly string[], env?: Record<string, string>): ChildProcess;
  clear(): Promise<void>;
}

export function desk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'itb-fhir-cli-'));
  const path = (name: string) => join(folder, name);
  const start = (args: readonly string[], env: Record<string, string> = {}) =>
    spawn(node, [join(project, 'src/itb-fhir.mjs'), ...args], {
      cwd: folder,
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...env },
    });
  return {
    folder,
    path,
    start,
    write: (name, content) => {
      writeFileSync(
        path(name),
        typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
      );
      return path(name);
    },
    writePrivately: (name, content) => {
      writeFileSync(path(name), JSON.stringify(content), { mode: 0o600 });
      return path(name);
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    run: (args, { input = '', env } = {}) => ended(start(args, env), input),
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

export function ended(child: ChildProcess, input = ''): Promise<Outcome> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk) => out.push(chunk));
  child.stderr?.on('data', (chunk) => err.push(chunk));
  // A command that needs no input may end before it is written.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

/** Waits until the child has said it on stderr; the match. */
export function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk) => {
      text += chunk;
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    child.on('close', () => reject(new Error(`it ended without saying ${pattern}: ${text}`)));
  });
}

export const jsonLines = <Line = Record<string, unknown>>(text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Line);
