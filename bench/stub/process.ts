import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { gate } from '../row.ts';
import type { FromStub, Seen, ToStub } from './messages.ts';

/** The stub hospital in a process of its own, so that it takes no time from the sender's thread. */
export interface Stub {
  readonly fhirBaseUrl: string;
  /** Forgets everything and answers after `latencyMs` from now on. */
  reset(latencyMs: number): Promise<void>;
  /** From now on whoever asks waits for ever. */
  die(): Promise<void>;
  /** Answers again, and counts requests anew. */
  rise(): Promise<void>;
  seen(): Promise<Seen>;
  stop(): Promise<void>;
}

const longestAnswerMs = 10_000;

export async function startStub(): Promise<Stub> {
  const child = fork(join(import.meta.dirname, 'server.ts'));
  const { port } = await next(child, 'listening');
  const ask = async <Kind extends FromStub['kind']>(message: ToStub, kind: Kind) => {
    const answered = next(child, kind);
    child.send(message);
    return answered;
  };
  return {
    fhirBaseUrl: `http://127.0.0.1:${port}/fhir`,
    reset: async (latencyMs) => void (await ask({ kind: 'reset', latencyMs }, 'ready')),
    die: async () => void (await ask({ kind: 'die' }, 'ready')),
    rise: async () => void (await ask({ kind: 'rise' }, 'ready')),
    seen: async () => (await ask({ kind: 'report' }, 'seen')).seen,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function next<Kind extends FromStub['kind']>(child: ChildProcess, kind: Kind) {
  const signal = AbortSignal.timeout(longestAnswerMs);
  const [message] = (await once(child, 'message', { signal })) as [FromStub];
  gate(message.kind === kind, `the stub said ${message.kind}`);
  return message as Extract<FromStub, { kind: Kind }>;
}

/** Holds what was wanted, each once, and never saw what a hospital must not see. */
export function gateSeen(seen: Seen, wanted: readonly string[]): void {
  const wrong = Object.entries(seen.violations).filter(([, count]) => count > 0);
  gate(wrong.length === 0, `at the stub: ${wrong.map(([what, count]) => `${count} ${what}`).join(', ')}`);
  const there = new Set(seen.identities);
  const missing = wanted.filter((identity) => !there.has(identity)).length;
  gate(missing === 0, `${missing} of ${wanted.length} resources are missing at the stub`);
  const expected = new Set([...wanted, ...seen.origins]);
  const surplus = seen.identities.filter((identity) => !expected.has(identity)).length;
  gate(surplus === 0, `${surplus} resources too many at the stub`);
}
