import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { text as textOf } from 'node:stream/consumers';
import { framed } from '../../src/receiving/mllp-frames.ts';
import { sealOf } from '../../src/store/seal.ts';
import { startTokenIssuer } from '../auth/token-issuer.ts';
import { desk, ended, said } from '../commands/command-line.ts';
import { doseChangeMessage } from '../receiving/hl7v2-messages.ts';
import { type MllpClient, mllpClient } from '../receiving/mllp-client.ts';
import type { Door, Spoiled } from './spoiled.ts';

/** The adapter as operators run it, in a process of its own, and what came of everything that is sent to it. */
export interface Target {
  send(spoiled: Spoiled): Promise<Answer>;
  /** Rows as another process sees them: what is durable. */
  rows<Row = Record<string, unknown>>(sql: string): Row[];
  open(sealed: string): string;
  get(path: string): Promise<string>;
  isAlive(): boolean;
  /** Ends it; all that it ever wrote. */
  stop(): Promise<string>;
  /** The same, also where it has ended. */
  end(): Promise<void>;
}

export interface Answer {
  /** Of HTTP; of MLLP 200, 400 and 500 as HL7 over HTTP says it. */
  readonly status: number;
  /** Headers and body. */
  readonly text: string;
  readonly body: string;
  readonly receiptId: string | undefined;
}

const mediaTypes: Readonly<Record<Door, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  fhir: 'application/fhir+json',
  'fhir-ndjson': 'application/fhir+ndjson',
  csv: 'text/csv',
  hl7v2: 'application/hl7-v2',
  mllp: '',
};

const paths: Readonly<Record<Door, string>> = {
  ...{ json: '/events', ndjson: '/events', fhir: '/events', 'fhir-ndjson': '/events' },
  ...{ csv: '/events/csv', hl7v2: '/hl7v2', mllp: '' },
};

/** Whatever it is, the answer is there by then. */
const inTimeMs = 20_000;

export async function startTarget(): Promise<Target> {
  const issuer = await startTokenIssuer();
  const key = await issuer.newKey('ES256');
  issuer.publish(key);
  const audience = 'https://adapter.test';
  const authOf = (clientId: string) => ({
    bearer: { issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience, clientId },
  });
  const at = desk();
  const config = at.write('c.json', {
    logLevel: 'info',
    senders: [
      { name: 'engine', tenant: 'north', environment: 'test', auth: authOf('engine') },
      { name: 'narrow', tenant: 'south', systems: ['urn:feed:narrow'], auth: authOf('narrow') },
    ],
    mllp: { port: 0, sender: 'engine' },
    store: { url: `sqlite:${at.path('ledger.sqlite')}` },
  });
  const deploymentKey = 'a-key-of-these-tests-and-of-nobody-else';
  const child = at.start(['--config', config, 'serve'], { ITB_FHIR_PORT: '0', ITB_FHIR_DEPLOYMENT_KEY: deploymentKey });
  const end = ended(child);
  const [, url = ''] = await said(child, /listens on (http:\/\/127\.0\.0\.1:\d+)/);
  const tokenOf = async (clientId: string) => {
    const exp = Math.floor(Date.now() / 1000) + 3_600;
    const claims = { iss: issuer.issuer, aud: audience, sub: clientId, client_id: clientId, scope: 'itb/events.write' };
    return `Bearer ${await issuer.sign(key, { ...claims, exp })}`;
  };
  const tokens = { engine: await tokenOf('engine'), narrow: await tokenOf('narrow') };
  const database = new DatabaseSync(at.path('ledger.sqlite'), { readOnly: true, timeout: 10_000 });
  const seal = sealOf(deploymentKey);
  const { mllp } = JSON.parse(await (await fetch(`${url}/healthz`)).text()) as { mllp: { port: number }[] };
  const engine = await mllpClient(mllp[0]?.port as number);

  const stop = async () => {
    engine.close();
    database.close();
    child.kill('SIGTERM');
    const { stderr, stdout, exitCode } = await end;
    await Promise.all([issuer.close(), at.clear()]);
    if (exitCode !== 0) throw new Error(`it ended with ${exitCode}`);
    return stderr + stdout;
  };
  return {
    send: ({ sender = 'engine', ...spoiled }) =>
      spoiled.door === 'mllp' ? overMllp(engine, spoiled) : overHttp(url, tokens[sender], spoiled),
    rows: <Row>(sql: string) => database.prepare(sql).all() as Row[],
    open: (sealed) => seal.open(sealed),
    get: async (path) => (await fetch(`${url}${path}`)).text(),
    isAlive: () => isRunning(child),
    stop,
    end: async () => {
      if (isRunning(child)) await stop();
    },
  };
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

/** On a connection of its own: whether one that was kept open is still there is another question. */
async function overHttp(url: string, authorization: string, spoiled: Spoiled): Promise<Answer> {
  const { door, body, mediaType, headers } = spoiled;
  const sent = request(url + paths[door], {
    ...{ method: 'POST', agent: false, signal: AbortSignal.timeout(inTimeMs) },
    headers: {
      'content-type': mediaType ?? mediaTypes[door],
      'content-length': body.length,
      authorization,
      ...headers,
    },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  // Who writes in UTF-16 is answered in it.
  const answered = (await textOf(response)).replaceAll('\0', '');
  const stated = response.headers['x-receipt-id'];
  const receiptId = typeof stated === 'string' ? stated : /^\{"receiptId":"([^"]*)"/.exec(answered)?.[1];
  const text = `${response.rawHeaders.join('\n')}\n${answered}`;
  return { status: response.statusCode ?? 0, body: answered, receiptId, text };
}

/** After each a message that is known: whatever came before it, the connection goes on, and its answer is the last. */
async function overMllp(engine: MllpClient, { body }: Spoiled): Promise<Answer> {
  const late = AbortSignal.timeout(inTimeMs);
  const tooLate = Promise.withResolvers<string>();
  late.addEventListener('abort', () => tooLate.reject(new Error('no answer in time')));
  tooLate.promise.catch(() => {});
  engine.socket.write(Buffer.concat([framed(body), framed(Buffer.from(goesOn))]));
  const answers: string[] = [];
  for (;;) {
    const next = await Promise.race([engine.answer(), tooLate.promise]);
    if (next.includes('MSA|AA|GOES-ON')) break;
    answers.push(next);
  }
  const text = answers.join('').replaceAll('\0', '');
  const status = text === '' ? 204 : /\rMSA.A[ER]/.test(text) ? 500 : 200;
  return { status, text, body: text, receiptId: undefined };
}

export const goesOn = doseChangeMessage({ controlId: 'GOES-ON', order: 'GOES-ON', mrn: 'GOES-ON' });
