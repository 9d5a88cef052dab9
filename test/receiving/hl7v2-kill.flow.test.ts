import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { openHospital } from '../flow/hospital.ts';
import { type Deployment, deploy, type Serving } from '../flow/serving.ts';
import { doseChangeMessage } from './hl7v2-messages.ts';
import { codeOf, mllpClient } from './mllp-client.ts';

/** Two hundred engines send, half over MLLP and half over HTTP, while the service is killed and started again. */

const senders = 200;
const messagesEach = 3;
const kills = Number(process.env.ITB_HL7_KILLS ?? 3);

let deployment: Deployment;
let serving: Serving | undefined;

afterEach(async () => {
  await serving?.kill();
  await rm(deployment.folder, { recursive: true });
});

/** How one engine delivers: the code of the acknowledgement, or 'none' where the connection broke. */
type Deliver = (message: string) => Promise<string>;

const overHttp: Deliver = async (message) => {
  try {
    const headers = { 'content-type': 'application/hl7-v2' };
    const response = await fetch(`${serving?.url}/hl7v2`, { method: 'POST', headers, body: message });
    return codeOf(await response.text());
  } catch {
    return 'none';
  }
};

const overMllp =
  (port: number): Deliver =>
  async (message) => {
    const engine = await mllpClient(port).catch(() => undefined);
    const answer = await engine?.exchange(message).catch(() => undefined);
    engine?.close();
    return answer === undefined ? 'none' : codeOf(answer);
  };

const messageOf = (sender: number, n: number): string =>
  doseChangeMessage({ controlId: `M${sender}-${n}`, order: `O${sender}-${n}`, mrn: `MRN${sender}` });
const eventIdOf = (sender: number, n: number): string => `O${sender}-${n}^EPIC/dose-change`;

async function deployedWithMllp(port: number): Promise<Deployment> {
  const hospital = await openHospital();
  const deployed = await deploy(hospital);
  await hospital.sandbox.close();
  const config = JSON.parse(await readFile(deployed.configPath, 'utf8'));
  const listening = { ...config, destinations: [], mllp: [{ port, maxConnections: 500 }] };
  await writeFile(deployed.configPath, JSON.stringify(listening));
  return deployed;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Sends everything, each engine its messages in order and each message until it is acknowledged. */
async function sendAll(port: number, acknowledged: Set<string>, isOver: () => boolean): Promise<void> {
  const engines = Array.from({ length: senders }, (_, sender) => ({
    sender,
    deliver: sender % 2 === 0 ? overMllp(port) : overHttp,
  }));
  await Promise.all(
    engines.map(async ({ sender, deliver }) => {
      for (let n = 0; n < messagesEach && !isOver(); ) {
        const code = await deliver(messageOf(sender, n));
        if (code === 'AA') acknowledged.add(eventIdOf(sender, n++));
        else if (code !== 'none') throw new Error(`an engine was answered ${code}`);
        else await sleep(50);
      }
    }),
  );
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function ledger(): Promise<string[]> {
  const store = await openStore(deployment.storeUrl);
  const rows = await store.db.selectFrom('event').select(['event_id', 'seq']).orderBy('seq').execute();
  await store.close();
  return rows.map(({ event_id, seq }) => `${seq} ${event_id}`);
}

it('every AA is in the ledger, whenever the service was killed, and the same messages again change nothing', async () => {
  const port = await freePort();
  deployment = await deployedWithMllp(port);
  serving = await deployment.serve();
  const acknowledged = new Set<string>();
  const seen: number[] = [];
  const sending = sendAll(port, acknowledged, () => false);
  for (let kill = 0; kill < kills; kill++) {
    const before = acknowledged.size;
    while (acknowledged.size < before + 20) await sleep(2);
    await serving.kill();
    seen.push(acknowledged.size);
    const there = new Set((await ledger()).map((row) => row.split(' ')[1]));
    expect([...acknowledged].filter((id) => !there.has(id))).toEqual([]);
    serving = await deployment.serve();
  }
  await sending;
  expect(acknowledged.size).toBe(senders * messagesEach);
  expect(seen.every((count) => count < acknowledged.size)).toBe(true);
  const first = await ledger();
  expect(new Set(first.map((row) => row.split(' ')[1]))).toEqual(acknowledged);
  expect(first).toHaveLength(senders * messagesEach);
  const again = new Set<string>();
  await sendAll(port, again, () => false);
  expect(again).toEqual(acknowledged);
  expect(await serving.stop()).toBe(0);
  expect(await ledger()).toEqual(first);
}, 120_000);
