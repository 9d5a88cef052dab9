import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../http/test-service.ts';
import { doseChangeMessage } from './hl7v2-messages.ts';

/** The channel that ships for Mirth: its own script and its own settings, sent as its HTTP Sender sends. */
const channel = readFileSync(join(import.meta.dirname, '../../mappings/engines/mirth-channel.xml'), 'utf8');
const secret = `whsec_${Buffer.from('s'.repeat(32)).toString('base64')}`;

let folder: string;
let service: TestService;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'itb-engines-'));
  writeFileSync(join(folder, 'secret'), `${secret}\n`);
  service = await startTestService({
    senders: [{ name: 'mirth', environment: 'test', auth: { hmac: { secretFiles: [join(folder, 'secret')] } } }],
  });
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

const eventIds = () => service.rows('select event_id from event').map(({ event_id: id }) => id);

describe('the channel for Mirth', () => {
  it('is well-formed XML', () => {
    expect(unbalanced(channel)).toBe('');
    expect(unbalanced(channel.replace('</channel>', ''))).toBe('channel');
    expect(unbalanced(channel.replace('</list>', '</entry>'))).toBe('list closed by entry');
  });

  it('hands over a message as it came, signed, and is answered AA: the event is in the ledger', async () => {
    const message = doseChangeMessage().replace('Rivera', 'Muñoz');
    const { status, acknowledgement } = await send(requestFor(message));
    expect([status, acknowledgement]).toEqual([200, 'MSA|AA|M1']);
    expect(eventIds()).toEqual(['O1^EPIC/dose-change']);
  });

  it.each([
    ['body', (request: Sent): Sent => ({ ...request, body: Buffer.from(`${request.body}NTE|1\r`) })],
    [
      'time',
      (request: Sent): Sent => ({ ...request, headers: { ...request.headers, 'webhook-timestamp': '1700000000' } }),
    ],
    ['id', (request: Sent): Sent => ({ ...request, headers: { ...request.headers, 'webhook-id': 'other' } })],
  ])('is not let in where the %s is another one than it signed', async (_what, tampered) => {
    const { status } = await send(tampered(requestFor(doseChangeMessage())));
    expect([status, eventIds()]).toEqual([401, []]);
  });

  it('is not let in with the secret of another', async () => {
    const other = `whsec_${Buffer.from('o'.repeat(32)).toString('base64')}`;
    const { status } = await send(requestFor(doseChangeMessage(), other));
    expect([status, eventIds()]).toEqual([401, []]);
  });

  it('is answered AE with 500, with the place of what is wrong, and does not send again by itself', async () => {
    const answer = await send(requestFor(doseChangeMessage().replaceAll('ug/d', 'mg/d')));
    expect([answer.status, answer.acknowledgement]).toEqual([500, 'MSA|AE|M1']);
    expect(answer.text).toContain('OBX');
    expect([setting('retryCount'), setting('queueEnabled')]).toEqual(['0', 'false']);
  });

  it('gives its sender the answer of the adapter, after it came', () => {
    expect([setting('responseVariable'), setting('respondAfterProcessing')]).toEqual(['d1', 'true']);
  });
});

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the HTTP Sender makes of the channel's settings and of what its script left in the channel map. */
function requestFor(message: string, itbSecret = secret): Sent {
  const known = new Map([
    ['itbUrl', `${service.url}/hl7v2`],
    ['message.rawData', message],
    ...signedBy(message, itbSecret),
  ]);
  const filled = (text: string) => text.replace(/\$\{([^}]+)\}/g, (_all, name: string) => known.get(name) ?? '');
  const [, sender = ''] = channel.split('HttpDispatcherProperties');
  const [, written = ''] = /<headers [^>]*>(.*?)<\/headers>/s.exec(sender) ?? [];
  const headers = [...written.matchAll(/<string>([^<]*)<\/string>\s*<list>\s*<string>([^<]*)<\/string>/g)];
  const charset = setting('charset', sender);
  return {
    url: filled(setting('host', sender)),
    method: setting('method', sender).toUpperCase(),
    headers: {
      ...Object.fromEntries(headers.map(([, name = '', value = '']) => [name, filled(value)])),
      'content-type': `${setting('contentType', sender)}; charset=${charset}`,
    },
    body: Buffer.from(filled(setting('content', sender)), charset === 'UTF-8' ? 'utf8' : 'latin1'),
  };
}

async function send({ url, body, ...request }: Sent) {
  const response = await fetch(url, { ...request, body: new Uint8Array(body) });
  const text = await response.text();
  return { status: response.status, text, acknowledgement: text.split('\r')[1] };
}

/** Runs the script of the channel with the Java that it names; what it put into the channel map. */
function signedBy(message: string, itbSecret: string): Map<string, string> {
  const channelMap = new Map<string, string>();
  const connectorMessage = { getChannelId: () => 'channel', getMessageId: () => 7, getRawData: () => message };
  const put = (name: string, value: string) => channelMap.set(name, value);
  const configurationMap = new Map([['itbSecret', itbSecret]]);
  runInContext(
    unescaped(setting('script')),
    createContext({ connectorMessage, configurationMap, channelMap: { put }, java, javax }),
  );
  return channelMap;
}

const java = {
  lang: {
    System: { currentTimeMillis: () => Date.now() },
    String: class {
      private readonly text: string;
      constructor(text: string) {
        this.text = text;
      }
      getBytes(charset: string): Buffer {
        return Buffer.from(this.text, charset === 'UTF-8' ? 'utf8' : 'latin1');
      }
    },
  },
  util: {
    Base64: {
      getDecoder: () => ({ decode: (text: string) => Buffer.from(text, 'base64') }),
      getEncoder: () => ({ encodeToString: (bytes: Buffer) => bytes.toString('base64') }),
    },
  },
};

interface Key {
  readonly bytes: Buffer;
}

const javax = {
  crypto: {
    spec: {
      SecretKeySpec: class implements Key {
        readonly bytes: Buffer;
        constructor(bytes: Buffer) {
          this.bytes = bytes;
        }
      },
    },
    Mac: {
      getInstance(name: string) {
        const algorithm = name.replace('Hmac', '');
        let key = Buffer.alloc(0);
        return {
          init: ({ bytes }: Key) => {
            key = Buffer.from(bytes);
          },
          doFinal: (bytes: Buffer) => createHmac(algorithm, key).update(bytes).digest(),
        };
      },
    },
  },
};

function setting(name: string, within = channel): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(within)?.[1] ?? '';
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&apos;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** The first element that is not closed, or closed by another name; `text`: what should be escaped; nothing: all is well. */
function unbalanced(xml: string): string {
  const open: string[] = [];
  for (const [, closing, name = '', alone] of xml.matchAll(/<(\/?)([\w.-]+)[^<>]*?(\/?)>/g)) {
    if (alone) continue;
    if (!closing) open.push(name);
    else {
      const opened = open.pop();
      if (opened !== name) return `${opened} closed by ${name}`;
    }
  }
  return open[0] ?? (/<(?![\w/?!])|&(?!\w+;)/.test(xml) ? 'text' : '');
}
