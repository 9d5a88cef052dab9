/** A hospital's interface engine: takes HL7 v2 messages by HTTP or MLLP, answers as it is told to, and keeps what it took. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hl7Message } from '@medplum/core';
import { Hl7Server } from '@medplum/hl7';

/** `silent`: takes the message and never answers, as an engine that dies in between. */
export type EngineMood = 'accepts' | 'refuses' | 'rejects' | 'silent';

export interface Engine {
  readonly host: string;
  readonly port: number;
  /** For the HTTP engine. */
  readonly url: string;
  /** Every message that arrived, as text with CR between segments, oldest first: repeats and refused ones too. */
  readonly messages: readonly string[];
  /** Control ids (MSH-10) of what it took as new: a repeat of one is acknowledged and not taken twice. */
  readonly taken: readonly string[];
  mood: EngineMood;
  close(): Promise<void>;
}

class Intake {
  readonly messages: string[] = [];
  readonly taken: string[] = [];
  mood: EngineMood = 'accepts';

  /** The acknowledgement; undefined: it stays silent. */
  take(text: string): Hl7Message | undefined {
    this.messages.push(text);
    const message = Hl7Message.parse(text);
    const controlId = message.getSegment('MSH')?.getField(10)?.toString() ?? '';
    const isTaken = this.mood === 'accepts' || this.mood === 'silent';
    if (isTaken && !this.taken.includes(controlId)) this.taken.push(controlId);
    if (this.mood === 'silent') return undefined;
    return message.buildAck({ ackCode: this.mood === 'accepts' ? 'AA' : this.mood === 'refuses' ? 'AE' : 'AR' });
  }
}

const host = '127.0.0.1';

export async function startHttpEngine(): Promise<Engine> {
  const intake = new Intake();
  const server = createServer(async (request, response) => {
    const ack = intake.take(await textOf(request));
    if (ack === undefined) response.destroy();
    else response.writeHead(200, { 'content-type': 'x-application/hl7-v2+er7; charset=utf-8' }).end(ack.toString());
  }).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return engineOf(intake, port, async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
}

export async function startMllpEngine(): Promise<Engine> {
  const intake = new Intake();
  const server = new Hl7Server((connection) => {
    connection.addEventListener('message', ({ message }) => {
      const ack = intake.take(message.toString());
      if (ack) connection.send(ack);
      else connection.socket.destroy();
    });
  });
  await server.start(0, 'utf-8');
  const address = server.server?.address() as AddressInfo;
  return engineOf(intake, address.port, () => server.stop({ forceDrainTimeoutMs: 0 }));
}

function engineOf(intake: Intake, port: number, close: () => Promise<void>): Engine {
  return {
    host,
    port,
    url: `http://${host}:${port}/hl7`,
    messages: intake.messages,
    taken: intake.taken,
    get mood() {
      return intake.mood;
    },
    set mood(mood: EngineMood) {
      intake.mood = mood;
    },
    close,
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
