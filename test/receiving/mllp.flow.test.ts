import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import type { MllpListener } from '../../src/config-mllp.ts';
import { type Mllp, startMllp } from '../../src/receiving/mllp.ts';
import { framed } from '../../src/receiving/mllp-frames.ts';
import { openReceiving } from '../../src/receiving/receive.ts';
import { openSenders } from '../../src/receiving/senders.ts';
import { openAdapter } from '../flow/adapter.ts';
import { doseChangeMessage } from './hl7v2-messages.ts';
import { codeOf, type MllpClient, mllpClient } from './mllp-client.ts';

let app: App;
let mllp: Mllp;
const clients: MllpClient[] = [];

beforeEach(async () => {
  app = await openAdapter({});
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await mllp.stop();
  await app.close();
});

const plain: MllpListener = {
  ...{ port: 0, host: '127.0.0.1', maxFrameBytes: 20_000, idleSeconds: 60, maxConnections: 20 },
  ...{ tls: undefined, sender: undefined, unencrypted: undefined, charset: undefined },
};

async function listen(listener: Partial<MllpListener> = {}, config: Partial<App['config']> = {}): Promise<number> {
  const configured = { ...app, config: { ...app.config, ...config, mllp: [{ ...plain, ...listener }] } };
  const receiving = openReceiving(configured, { whenAppended: () => {}, whenWaiting: () => {} });
  mllp = await startMllp(configured, receiving, openSenders(configured));
  return mllp.listening()[0]?.port as number;
}

async function client(...how: Parameters<typeof mllpClient>): Promise<MllpClient> {
  const opened = await mllpClient(...how);
  clients.push(opened);
  return opened;
}

const eventIds = async () =>
  (await app.store.db.selectFrom('event').select('event_id').orderBy('event_id').execute()).map((row) => row.event_id);
const openCodes = async () =>
  (await app.store.db.selectFrom('review_item').select('code').where('closed_at', 'is', null).execute()).map(
    (row) => row.code,
  );

describe('an engine that speaks MLLP', () => {
  it('hears AA when its message is in the ledger', async () => {
    const engine = await client(await listen());
    const answer = await engine.exchange(doseChangeMessage());
    expect(answer.split('\r').slice(1)).toEqual(['MSA|AA|M1', '']);
    expect(answer).toMatch(
      /^MSH\|\^~\\&\|ITB\|REG\|EPIC\|STJUDE\|\d{14}\.\d{3}\+0000\|\|ACK\^R01\^ACK\|[\da-f]{20}\|T\|2\.5\.1/,
    );
    expect(await eventIds()).toEqual(['O1^EPIC/dose-change']);
  });

  it('hears AA again for the same message, which changes nothing', async () => {
    const engine = await client(await listen());
    expect(codeOf(await engine.exchange(doseChangeMessage()))).toBe('AA');
    expect(codeOf(await engine.exchange(doseChangeMessage()))).toBe('AA');
    expect(codeOf(await engine.exchange(doseChangeMessage({ controlId: 'M2' })))).toBe('AA');
    expect(await eventIds()).toHaveLength(1);
    expect(await openCodes()).toEqual([]);
  });

  it('hears AE, where and why, and the message waits for a human', async () => {
    const engine = await client(await listen());
    const answer = await engine.exchange(doseChangeMessage().replaceAll('ug/d', 'mg/d'));
    expect(answer.split('\r').slice(1, 3)).toEqual([
      'MSA|AE|M1',
      expect.stringMatching(/^ERR\|\|OBX\^2\^\d\^1\^1\|10\d\^[^|]*\|E\|unit-\w+\^\^L\|\|\|/),
    ]);
    expect(await eventIds()).toEqual([]);
    expect(await openCodes()).toHaveLength(1);
  });

  it('is answered anew when what was in its way is mended', async () => {
    let isMapped = false;
    const { sources } = app;
    app = { ...app, sources: { ...sources, forHl7: (header) => (isMapped ? sources.forHl7(header) : undefined) } };
    const engine = await client(await listen());
    const first = await engine.exchange(doseChangeMessage());
    expect(first).toMatch(/MSA\|AE\|M1\rERR\|\|MSH\^1\^3\^1\^1\|207\^[^|]*\|E\|source-map-missing/);
    isMapped = true;
    expect(codeOf(await engine.exchange(doseChangeMessage()))).toBe('AA');
    expect(await eventIds()).toEqual(['O1^EPIC/dose-change']);
  });

  it('hears AR for a type or a version that is not read here; the message is kept', async () => {
    const engine = await client(await listen());
    expect(codeOf(await engine.exchange(doseChangeMessage({ type: 'SIU^S12' })))).toBe('AR');
    expect(codeOf(await engine.exchange(doseChangeMessage({ controlId: 'M2', version: '2.9' })))).toBe('AR');
    expect((await openCodes()).sort()).toEqual(['message-type-unsupported', 'message-version-unsupported']);
  });

  it('that uses a control id twice is read by what it says', async () => {
    const engine = await client(await listen());
    await engine.exchange(doseChangeMessage());
    expect(codeOf(await engine.exchange(doseChangeMessage({ order: 'O2' })))).toBe('AA');
    expect(await eventIds()).toEqual(['O1^EPIC/dose-change', 'O2^EPIC/dose-change']);
  });

  it('is answered in order, however many messages come in one packet', async () => {
    const engine = await client(await listen());
    const messages = Array.from({ length: 50 }, (_, n) => doseChangeMessage({ controlId: `M${n}`, order: `O${n}` }));
    engine.socket.write(Buffer.concat(messages.map((message) => framed(Buffer.from(message)))));
    const answers = [];
    for (const _message of messages) answers.push(await engine.answer());
    expect(answers.map((answer) => /MSA\|AA\|(M\d+)/.exec(answer)?.[1])).toEqual(messages.map((_, n) => `M${n}`));
    expect(await eventIds()).toHaveLength(50);
  });

  it('may send a message in many packets, and rubbish between messages', async () => {
    const engine = await client(await listen());
    const bytes = Buffer.concat([Buffer.from('\r\nhello\r\n'), framed(Buffer.from(doseChangeMessage()))]);
    for (let at = 0; at < bytes.length; at += 100) {
      engine.socket.write(bytes.subarray(at, at + 100));
      await new Promise(setImmediate);
    }
    expect(codeOf(await engine.answer())).toBe('AA');
  });

  it('that sends no HL7 at all hears so', async () => {
    const engine = await client(await listen());
    const answer = await engine.exchange('{"type":"refill"}');
    expect(answer).toMatch(/^MSH\|\^~\\&\|\|\|\|\|\d/);
    expect(codeOf(answer)).toBe('AE');
    expect(await openCodes()).toEqual(['hl7-unreadable']);
  });

  it('that sends more than a frame may hold hears so, and may go on', async () => {
    const engine = await client(await listen());
    const answer = await engine.exchange(`${doseChangeMessage()}NTE|1||${'x'.repeat(30_000)}\r`);
    expect(answer).toMatch(/MSA\|AE\|M1\rERR\|\|\|102\^Data type error\^HL70357\|E\|body-too-large/);
    expect(codeOf(await engine.exchange(doseChangeMessage()))).toBe('AA');
  });

  it('in enhanced mode hears once what became of its message', async () => {
    const engine = await client(await listen());
    expect(codeOf(await engine.exchange(doseChangeMessage({ acks: ['AL', 'AL'] })))).toBe('AA');
    expect(codeOf(await engine.exchange(doseChangeMessage({ controlId: 'M2', acks: ['AL', 'NE'] })))).toBe('AA');
  });

  it('in enhanced mode hears what it asked for, where the site wants it to the letter', async () => {
    const engine = await client(await listen({}, { hl7v2: { acknowledge: 'as-asked' } }));
    expect(codeOf(await engine.exchange(doseChangeMessage({ acks: ['AL', 'AL'] })))).toBe('CA');
    expect(codeOf(await engine.answer())).toBe('AA');
    expect(codeOf(await engine.exchange(doseChangeMessage({ controlId: 'M2', acks: ['AL', 'NE'] })))).toBe('CA');
    expect(
      codeOf(await engine.exchange(doseChangeMessage({ controlId: 'M3', version: '2.2', acks: ['ER', 'NE'] }))),
    ).toBe('CR');
  });

  it('is never answered for an acknowledgement', async () => {
    const engine = await client(await listen());
    engine.socket.write(framed(Buffer.from('MSH|^~\\&|A|B|||2024||ACK^R01|X1|P|2.5.1\rMSA|AA|1\r')));
    expect(await engine.exchange(doseChangeMessage())).toContain('MSA|AA|M1');
  });

  it('that says nothing for long is hung up on', async () => {
    const engine = await client(await listen({ idleSeconds: 0.05 }));
    await expect(engine.answer()).rejects.toThrow('the connection ended');
  });

  it('that speaks something else is hung up on', async () => {
    const engine = await client(await listen());
    engine.socket.write(Buffer.alloc(70_000, 'x'));
    await expect(engine.answer()).rejects.toThrow('the connection ended');
  });

  it('beyond as many as may connect is hung up on', async () => {
    const port = await listen({ maxConnections: 1 });
    const first = await client(port);
    const second = await client(port);
    await expect(second.answer()).rejects.toThrow('the connection ended');
    expect(codeOf(await first.exchange(doseChangeMessage()))).toBe('AA');
  });

  it('may send in the character set that the listener is configured for, and is answered in it', async () => {
    const engine = await client(await listen({ charset: 'WINDOWS-1252' }));
    const message = doseChangeMessage().replace('||UNICODE UTF-8', '').replace('|STJUDE|ITB', '|STJUDE|Zürich €');
    const bytes = Buffer.from(message, 'latin1');
    bytes[message.indexOf('€')] = 0x80;
    const answers: Buffer[] = [];
    engine.socket.on('data', (packet: Buffer) => answers.push(packet));
    expect(codeOf(await engine.exchange(bytes))).toBe('AA');
    expect(Buffer.concat(answers).includes(Buffer.from([0x5a, 0xfc, 0x72, 0x69, 0x63, 0x68, 0x20, 0x80]))).toBe(true);
  });

  it('is answered for what was read before the service stops', async () => {
    const engine = await client(await listen());
    const messages = Array.from({ length: 20 }, (_, n) => doseChangeMessage({ controlId: `M${n}`, order: `O${n}` }));
    const answers = Promise.all(messages.map((message) => engine.exchange(message).catch(() => 'none')));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await mllp.stop();
    const acknowledged = (await answers).filter((answer) => codeOf(answer) === 'AA').length;
    expect(await eventIds()).toHaveLength(acknowledged);
  });
});

describe('an engine that speaks MLLP over TLS', () => {
  const folder = join(import.meta.dirname, '..', 'outgoing', 'certificates');
  const file = (name: string) => join(folder, name);
  const tls = {
    ...{ certFile: file('server.pem'), keyFile: file('server.key'), clientCaFile: file('ca.pem') },
    requireClientCertificate: true,
  };
  const ca = readFileSync(file('ca.pem'));
  const own = { cert: readFileSync(file('client.pem')), key: readFileSync(file('client.key')) };

  it('shows its certificate, and is heard', async () => {
    const port = await listen({ tls });
    const engine = await client(port, { ca, ...own, checkServerIdentity: () => undefined });
    expect(codeOf(await engine.exchange(doseChangeMessage()))).toBe('AA');
  });

  it('speaks for the sender of the listener, unless that one has another certificate of its own', async () => {
    const rate = { requests: 1_000, seconds: 60 };
    const senderBy = (CN: string) => [
      {
        name: 'lab',
        tenant: 'default',
        environment: 'test' as const,
        rate,
        auth: { clientCertificate: { subject: { CN } } },
      },
    ];
    const heard = async (CN: string) => {
      const port = await listen({ tls, sender: 'lab' }, { senders: senderBy(CN) });
      const engine = await client(port, { ca, ...own, checkServerIdentity: () => undefined });
      return engine.exchange(doseChangeMessage());
    };
    await expect(heard('another.test')).rejects.toThrow();
    expect(await eventIds()).toEqual([]);
    await mllp.stop();
    expect(codeOf(await heard('adapter.test'))).toBe('AA');
  });

  it('without one is not heard', async () => {
    const port = await listen({ tls });
    const heard = client(port, { ca, checkServerIdentity: () => undefined }).then((engine) =>
      engine.exchange(doseChangeMessage()),
    );
    await expect(heard).rejects.toThrow();
    expect(await eventIds()).toEqual([]);
  });

  it('that speaks in clear is hung up on', async () => {
    const engine = await client(await listen({ tls }));
    await expect(engine.exchange(doseChangeMessage())).rejects.toThrow('the connection ended');
  });
});
