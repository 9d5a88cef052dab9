import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { takeHl7v2 } from '../../src/receiving/hl7v2.ts';
import { openReceiving } from '../../src/receiving/receive.ts';
import { thisMachine } from '../../src/receiving/senders.ts';
import { drain, startWorker } from '../../src/worker.ts';
import { impatient, openAdapter, report, settle } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { isTransaction, withBetween } from '../flow/faults.ts';
import { admit, type Hospital, holdingsOf, openHospital } from '../flow/hospital.ts';
import { inStep, standingAt } from '../flow/standing.ts';
import { mergeMessage } from './hl7v2-messages.ts';

/** ADT^A40, A34 and A47 say that two records are one person: at every hospital, whatever is under way there. */

let north: Hospital;
let south: Hospital;
let app: App;

const mrns = ['A', 'B', 'C', 'D'];

beforeEach(async () => {
  [north, south] = await Promise.all([openHospital(), openHospital()]);
  await Promise.all([north, south].map((hospital) => admit(hospital, mrnSystem, mrns)));
  app = await openAdapter({ north, south });
});
afterEach(async () => {
  await app.close();
  await Promise.all([north, south].map(({ sandbox }) => sandbox.close()));
});

async function hear(message: string, into = app): Promise<string[]> {
  const receiving = openReceiving(into, { whenAppended: () => {}, whenWaiting: () => {} });
  const answers = await takeHl7v2(into, receiving, { bytes: Buffer.from(message), sender: thisMachine });
  return answers.map(({ code }) => code);
}

const standings = async () => [
  await standingAt(north, app, mrns, 'north'),
  await standingAt(south, app, mrns, 'south'),
];

/** Whose patient each live resource of ours names, by record number. */
function subjectsAt(hospital: Hospital): Set<string> {
  const said = Object.values(holdingsOf(hospital, app.identifierSystem)).join(' ');
  return new Set([...said.matchAll(/"reference":"patient (\w)"/g)].map(([, mrn]) => mrn as string));
}

/** Stops in the middle of its first transaction there, until it is told to go on. */
function sleeper(process: App, destination: string) {
  const asleep = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  let slept = false;
  const sleepy = withBetween(
    process,
    async (request, send) => {
      if (!isTransaction(request) || slept) return send(request);
      slept = true;
      asleep.resolve();
      await awake.promise;
      return send(request);
    },
    destination,
  );
  return {
    run: () => drain(sleepy, sleepy.destinations, impatient),
    asleep: asleep.promise,
    wake: () => awake.resolve(),
  };
}

const a = clinicOf('A');
const b = clinicOf('B');

describe('a merge message', () => {
  it.each(['ADT^A40^ADT_A39', 'ADT^A34', 'ADT^A47'])('%s makes one therapy of two, everywhere', async (type) => {
    await report(app, a.implant('i', 0, 100), b.implant('i', 2, 200));
    await settle(app);
    expect([subjectsAt(north), subjectsAt(south)]).toEqual([new Set(['A', 'B']), new Set(['A', 'B'])]);
    expect(await hear(mergeMessage('A', 'B').replace('ADT^A40^ADT_A39', type))).toEqual(['AA']);
    await settle(app);
    expect(await standings()).toEqual([inStep, inStep]);
    expect([subjectsAt(north), subjectsAt(south)]).toEqual([new Set(['A']), new Set(['A'])]);
  });

  it('leaves the old number as another name: what is reported under it later is the survivor’s', async () => {
    await report(app, a.implant('i', 0, 100));
    await hear(mergeMessage('A', 'B'));
    await report(app, b.implant('i', 2, 200));
    await settle(app);
    expect(await standings()).toEqual([inStep, inStep]);
    expect(subjectsAt(north)).toEqual(new Set(['A']));
  });

  it('that comes twice, or again under another control id, changes nothing', async () => {
    await report(app, a.implant('i', 0, 100), b.implant('i', 2, 200));
    await hear(mergeMessage('A', 'B'));
    await settle(app);
    const before = [holdingsOf(north, app.identifierSystem), holdingsOf(south, app.identifierSystem)];
    expect(await hear(mergeMessage('A', 'B'))).toEqual(['AA']);
    expect(await hear(mergeMessage('A', 'B', 'ANOTHER'))).toEqual(['AA']);
    await settle(app);
    expect([holdingsOf(north, app.identifierSystem), holdingsOf(south, app.identifierSystem)]).toEqual(before);
  });

  it('that names one record twice is refused, and who it names stays as they are', async () => {
    await report(app, a.implant('i', 0, 100));
    expect(await hear(mergeMessage('A', 'A'))).toEqual(['AE']);
    await settle(app);
    expect(await standings()).toEqual([inStep, inStep]);
  });
});

describe('a merge message while a run of the record that ends is under way', () => {
  it.each(['north', 'south'])('at %s: nothing is twice, nothing stays stale', async (slow) => {
    await report(app, a.implant('i', 0, 100), b.implant('i', 2, 200));
    await settle(app);
    const late = sleeper(app, slow);
    await report(app, b.doseChange('t', 10, 210), b.doseChange('u', 11, 220));
    const run = late.run();
    await late.asleep;
    await report(app, b.void('v', 'u', 12));
    await hear(mergeMessage('A', 'B'));
    await settle(app);
    late.wake();
    await run;
    await settle(app);
    expect(await standings()).toEqual([inStep, inStep]);
    expect([subjectsAt(north), subjectsAt(south)]).toEqual([new Set(['A']), new Set(['A'])]);
  });

  it('of a pump that both records tell of: the run that was late does not bring back what was corrected', async () => {
    await report(app, a.implant('i', 0, 100), b.implant('i', 2, 200));
    await settle(app);
    const late = sleeper(app, 'north');
    await report(app, b.doseChange('d', 10, 1200));
    const run = late.run();
    await late.asleep;
    await report(app, b.correctDose('c', 'd', 11, 120));
    await hear(mergeMessage('A', 'B', 'M', '20240401080000-0500'));
    await settle(app);
    late.wake();
    await run;
    await settle(app);
    expect(await standings()).toEqual([inStep, inStep]);
  });

  it('with a worker that never stops, at hospitals that answer slowly', async () => {
    const slowly = withBetween(app, async (request, send) => {
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 25));
      return send(request);
    });
    const worker = startWorker(slowly, impatient);
    const [c, d] = [clinicOf('C'), clinicOf('D')];
    await report(app, a.implant('i', 0, 100), b.implant('i', 2, 200), c.implant('i', 0, 90), d.refill('r', 5, 90));
    for (let n = 0; n < 6; n++) {
      await report(app, b.doseChange(`b${n}`, 10 + n, 210 + n), d.doseChange(`d${n}`, 10 + n, 90 + n));
      worker.poke();
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (n === 2) await hear(mergeMessage('A', 'B'));
      if (n === 4) await hear(mergeMessage('C', 'D'));
    }
    await worker.stop();
    await settle(app);
    expect(await standings()).toEqual([inStep, inStep]);
    expect([subjectsAt(north), subjectsAt(south)]).toEqual([new Set(['A', 'C']), new Set(['A', 'C'])]);
  });
});
