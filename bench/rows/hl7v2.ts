import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../src/app.ts';
import type { MllpListener } from '../../src/config-mllp.ts';
import { readHl7v2 } from '../../src/intake/hl7v2/read.ts';
import { startMllp } from '../../src/receiving/mllp.ts';
import { openReceiving } from '../../src/receiving/receive.ts';
import { openSenders } from '../../src/receiving/senders.ts';
import { asConfigured, openBenchApp } from '../bench-app.ts';
import { alternate, repeatedFor } from '../measure.ts';
import { medplumMllp } from '../medplum-mllp.ts';
import type { Load, Loaded } from '../mllp-load.ts';
import { type Figure, gate, type Row } from '../row.ts';

const connections = 8;
const messagesARound = 3_000;
const target = 1_500;

/** HL7 v2 from the socket to a power-safe AA, beside the kept package with one bare row a message. */
export const hl7v2: Row = {
  name: 'hl7v2',
  async run({ folder }) {
    const storeUrl = `sqlite:${folder}/ledger.sqlite`;
    const app = await openBenchApp({ folder, storeUrl, fhirBaseUrl: 'http://127.0.0.1:9/fhir', ...asConfigured });
    const engine = fork(join(import.meta.dirname, '..', 'mllp-load.ts'));
    await once(engine, 'message');
    const ours = await listening(app);
    const theirs = await medplumMllp(join(folder, 'medplum.sqlite'));
    try {
      const reading = readMessages(app);
      const durable = await alternate({
        ours: () => rate(engine, ours.port, () => storedIn(app)),
        theirs: () => rate(engine, theirs.port, async () => new Set(theirs.stored())),
      });
      const mllp: Figure = {
        name: `HL7 v2 over MLLP to a power-safe AA, ${connections} connections, ORU^R01 with 13 OBX`,
        unit: 'messages/s',
        ours: durable.ours,
        baseline: {
          name: '@medplum/hl7, one bare INSERT a message: nothing read, nothing checked',
          spread: durable.theirs,
        },
        target: { says: `≥ ${target} messages/s`, reached: durable.ours.median >= target },
      };
      return { figures: [mllp, reading], gate: 'every AA is in the store; each message is one event in the ledger' };
    } finally {
      engine.kill();
      await ours.stop();
      await theirs.close();
      await app.close();
    }
  },
};

/** Without socket and store: text to a checked canonical event. */
function readMessages({ sources }: App): Figure {
  const messages = freshMessages(200);
  const once = () => {
    for (const message of messages) {
      const [read] = readHl7v2(message, { sources });
      gate(read?.items.some((item) => 'event' in item) === true, 'a message is no event');
    }
    return messages.length;
  };
  once();
  const spread = [0, 1, 2].map(() => repeatedFor(1_500, once)).sort((a, b) => a - b);
  const [low = 0, median = 0, high = 0] = spread;
  return { name: 'HL7 v2 read into checked events', unit: 'messages/s', ours: { low, median, high } };
}

async function listening(app: App) {
  const listener: MllpListener = {
    ...{ port: 0, host: '127.0.0.1', maxFrameBytes: 1_000_000, idleSeconds: 60, maxConnections: 100 },
  };
  const configured = { ...app, config: { ...app.config, mllp: [listener] } };
  const receiving = openReceiving(configured, { whenAppended: () => {}, whenWaiting: () => {} });
  const mllp = await startMllp(configured, receiving, openSenders(configured));
  return { port: mllp.listening()[0]?.port as number, stop: () => mllp.stop() };
}

async function rate(
  engine: ReturnType<typeof fork>,
  port: number,
  stored: () => Promise<ReadonlySet<string>>,
): Promise<number> {
  const messages = freshMessages(messagesARound);
  engine.send({ port, connections, messages } satisfies Load);
  const [{ seconds, answers }] = (await once(engine, 'message')) as [Loaded];
  const there = await stored();
  const acknowledged = answers.filter((answer) => answer.startsWith('AA|'));
  gate(acknowledged.length === messages.length, 'a message was not acknowledged');
  gate(
    acknowledged.every((answer) => there.has(answer.slice(3))),
    'an AA is not in the store',
  );
  return messages.length / seconds;
}

/** The order of each message is its control id, so that an answer is found in the ledger. */
async function storedIn({ store }: App): Promise<ReadonlySet<string>> {
  const rows = await store.db.selectFrom('event').select('event_id').execute();
  return new Set(rows.map(({ event_id: id }) => id.split('^')[0] as string));
}

const example = readFileSync(
  join(import.meta.dirname, '..', '..', 'mappings', 'sources', 'examples', 'oru-flowsheet.sample.hl7'),
  'utf8',
).replaceAll('\n', '\r');

let next = 0;

function freshMessages(count: number): string[] {
  return Array.from({ length: count }, () => {
    const id = `B${next++}`;
    return example
      .replaceAll('MSG0000452', id)
      .replaceAll('FLT99120', id)
      .replaceAll('MRN0012345', `MRN${id}`)
      .replace('|P|2.5.1|||AL|NE|', '|T|2.5.1|||||');
  });
}
