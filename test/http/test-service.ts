import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { type App, openApp } from '../../src/app.ts';
import { type ConfigFile, configFrom } from '../../src/config.ts';
import { type Service, startService } from '../../src/service.ts';

export interface TestService {
  readonly app: App;
  readonly url: string;
  /** Ends the service without stopping it twice. */
  close(): Promise<void>;
  post(body: unknown, mediaType?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Rows as a second connection to the file sees them: what is durable. */
  rows(sql: string): Record<string, unknown>[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReceiptsBody & OperationOutcome;
}

interface ReceiptsBody {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly events: readonly { outcome: string; eventId: string; patient: string }[];
}

/** The real service on a free port and a store in a folder of its own; `now` is when it believes to be. */
export async function startTestService(file: ConfigFile = {}, now?: string): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'itb-fhir-test-'));
  const config = configFrom({ logLevel: 'silent', ...file, server: { ...file.server, port: 0 } }, folder);
  const opened = await openApp(config);
  const app: App = now ? { ...opened, now: () => Temporal.Instant.from(now) } : opened;
  const service: Service = await startService(app);
  return {
    app,
    url: service.url,
    post: (body, mediaType = 'application/json', headers = {}) => post(service.url, body, mediaType, headers),
    rows: (sql) => {
      const database = new DatabaseSync(config.storeUrl.slice('sqlite:'.length), { readOnly: true });
      const rows = database.prepare(sql).all();
      database.close();
      return rows;
    },
    async close() {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function post(url: string, body: unknown, mediaType: string, headers: Record<string, string>): Promise<Answer> {
  const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': mediaType, ...headers },
    body: sent,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}

/** Code, place and words of every issue, as a sender's log would show them. */
export const issuesOf = ({ body }: Answer) =>
  body.issue.map(({ details, expression, severity }) => [
    details?.coding?.[0]?.code ?? severity,
    expression?.[0] ?? null,
  ]);

export const storyNames = [
  'child-concentration-change-with-bridge',
  'flex-and-kinked-catheter',
  'infection-explant-and-reimplant',
  'missed-refill-and-withdrawal',
  'outcomes-and-course-of-a-registry-patient',
  'pump-replaced-catheter-kept',
  'spinal-cord-injury-on-time-refills',
  'stall-in-the-magnet-recovery-read-late',
  'wrong-concentration-corrected',
] as const;

export type StoryName = (typeof storyNames)[number];

export const storyFile = (name: string): string => join(import.meta.dirname, '../stories', name, 'events.ndjson');

export const storyText = (name: StoryName): Promise<string> => readFile(storyFile(name), 'utf8');
