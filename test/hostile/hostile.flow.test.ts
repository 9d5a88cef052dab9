import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemCodes } from '../../src/event/problem.ts';
import { canariesIn, expectNoCanary } from '../canary/canary.ts';
import { type Account, accountOf, codesIn, countsIn } from './account.ts';
import { cutOffCsv, spoiledCsv } from './csv.ts';
import { cutOffFhir, spoiledFhir } from './fhir.ts';
import { cutOffHl7, sameControlIdTwice, spoiledFrames, spoiledHl7, spoiledHl7MediaTypes } from './hl7v2.ts';
import { cutOffJson, sameIdTwice, spoiledJson } from './json.ts';
import { spoiledPacking } from './packed.ts';
import type { Spoiled } from './spoiled.ts';
import { type Answer, goesOn, startTarget, type Target } from './target.ts';

/**
 * Whatever is sent: an answer in time, no crash, no hang, nothing dropped in silence, nothing of it in a log. Each input is
 * counted: what became events, what waits for a human with a code, what was refused as a whole with a code.
 */

let target: Target;
let sent = 0;
const answers: string[] = [];

beforeAll(async () => {
  target = await startTarget();
  await target.send({ name: 'a message that is known', door: 'hl7v2', body: Buffer.from(goesOn) });
});
afterAll(() => target?.end());

interface Sent {
  readonly spoiled: Spoiled;
  readonly answer: Answer;
}

/** All of them, some at a time; and what became durable meanwhile. */
async function sendAll(all: readonly Spoiled[], atATime = 16): Promise<{ sent: Sent[]; account: Account }> {
  const before = accountOf(target);
  const done: Sent[] = [];
  const waiting = all.entries();
  const work = async () => {
    for (const [n, spoiled] of waiting) {
      const answer = await target.send(spoiled).catch((error: unknown) => {
        throw new Error(`${spoiled.door}: ${spoiled.name}: no answer (${(error as Error).message})`);
      });
      done[n] = { spoiled, answer };
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  sent += all.length;
  answers.push(...done.map(({ answer }) => answer.text));
  return { sent: done, account: accountOf(target).since(before) };
}

const nameOf = ({ door, name }: Spoiled) => `${door}: ${name}`;

/** What holds of each answer by itself. */
function expectRightAnswers(all: readonly Sent[]): void {
  const wrong = all.flatMap(({ spoiled, answer }) => {
    const faults = faultsOf(spoiled, answer);
    return faults.length > 0 ? [[nameOf(spoiled), answer.status, ...faults]] : [];
  });
  expect(wrong).toEqual([]);
}

function faultsOf({ door, code, taken }: Spoiled, answer: Answer): string[] {
  const isHl7 = (door === 'hl7v2' && answer.body.includes('MSA')) || door === 'mllp';
  const allowed = isHl7 ? [200, 204, 400, 500] : [200, 204, 400, 409, 413, 415, 422];
  const codes = codesIn(answer.body);
  const isRefused = answer.status >= 400;
  const counts = countsIn(answer.body);
  return [
    ...(allowed.includes(answer.status) ? [] : ['a status that no sender can act on']),
    ...(isRefused && codes.length === 0 ? ['refused without a code'] : []),
    ...(!isRefused && codes.some((each) => each === 'internal') ? ['taken, and not'] : []),
    ...codes.filter((each) => !(each in problemCodes)).map((each) => `the code ${each} is not known`),
    ...(code !== undefined && !codes.includes(code) ? [`${code} is not said, but: ${codes}`] : []),
    ...(taken !== undefined && isRefused ? [`refused: ${codes}`] : []),
    ...(taken !== undefined && counts && counts.accepted !== taken ? [`${counts.accepted} events came of it`] : []),
    ...(counts && counts.received !== counts.accepted + counts.duplicates + counts.leftAlone
      ? ['the counts differ']
      : []),
    // Whose event it is, and what is the name of a field that there is not, its sender is told.
    ...canariesIn(answer.text).filter((each) => !['eventId', 'unknownField'].includes(each)),
  ];
}

/** Nothing is dropped in silence: what was answered is what is durable. */
function expectNothingLost(all: readonly Sent[], account: Account): void {
  const isHl7 = ({ spoiled }: Sent) => spoiled.door === 'hl7v2' || spoiled.door === 'mllp';
  const receipts = new Set(all.flatMap(({ answer }) => answer.receiptId ?? []));
  const acknowledged = all.filter(isHl7).flatMap(({ answer }) => [...answer.body.matchAll(/\rMSA[\s\S](A[AER])/g)]);
  const verdicts = acknowledged.map(([, verdict]) => verdict);

  // Each answer has its message, and each message was answered.
  expect(account.messages).toHaveLength(receipts.size + verdicts.length);
  const refusedOnes = account.messages.filter(({ events }) => events.some(({ outcome }) => outcome === 'refused'));
  const ofHl7 = refusedOnes.filter(({ format }) => format === 'hl7v2');
  expect(ofHl7).toHaveLength(verdicts.filter((verdict) => verdict !== 'AA').length);

  // The ledger holds what was accepted, and nothing else.
  const accepted = account.messages.flatMap(({ events }) => events.filter(({ outcome }) => outcome === 'accepted'));
  expect(account.eventIds.toSorted()).toEqual(accepted.map(({ eventId }) => eventId).toSorted());

  // What was refused is kept, with a code, as it was sent.
  for (const { receiptId, events, format, body } of refusedOnes) {
    const refused = events.filter(({ outcome }) => outcome === 'refused');
    expect([receiptId, format, refused.filter(({ problems }) => problems.length === 0)]).toEqual([
      receiptId,
      format,
      [],
    ]);
    expect(body).not.toBeNull();
  }
  expect(account.unreviewed()).toEqual([]);
  const kept = new Set(refusedOnes.map(({ body }) => target.open(String(body))));
  const lost = all.filter(({ spoiled, answer }) => {
    const isKept = answer.receiptId !== undefined && answer.status >= 400;
    return isKept && spoiled.mediaType === undefined && isUtf8(spoiled.body) && !kept.has(withoutMark(spoiled.body));
  });
  expect(lost.map(({ spoiled }) => nameOf(spoiled))).toEqual([]);
}

const withoutMark = (body: Buffer): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);

const isUtf8 = (body: Buffer): boolean => Buffer.from(body.toString()).equals(body) && body[0] !== 0xef;

describe('what is spoiled is answered, counted and kept', () => {
  const groups: Record<string, () => Spoiled[]> = {
    JSON: spoiledJson,
    CSV: spoiledCsv,
    'HL7 v2 over HTTP': () => [...spoiledHl7(), ...spoiledHl7MediaTypes()],
    FHIR: spoiledFhir,
    'packed bodies': spoiledPacking,
    'JSON, cut off after each byte': cutOffJson,
    'CSV, cut off after each byte': cutOffCsv,
    'HL7 v2, cut off after each byte': cutOffHl7,
    'FHIR, cut off after each byte': cutOffFhir,
  };
  test.each(Object.entries(groups))('%s', async (_name, spoiled) => {
    const { sent: all, account } = await sendAll(spoiled());
    expectRightAnswers(all);
    expectNothingLost(all, account);
  });

  const inTurn: Record<string, () => Spoiled[]> = {
    'HL7 v2 over MLLP': spoiledFrames,
    'the same event id with other content': sameIdTwice,
    'the same control id with other content': sameControlIdTwice,
  };
  test.each(Object.entries(inTurn))('%s, one after another', async (_name, spoiled) => {
    const { sent: all, account } = await sendAll(spoiled(), 1);
    expectRightAnswers(all);
    expectNothingLost(all, account);
  });
});

describe('afterwards', () => {
  test('the service is there, and takes what is right', async () => {
    expect(sent).toBeGreaterThan(300);
    expect(target.isAlive()).toBe(true);
    expect(await target.get('/readyz')).toContain('ready');
  });

  test('what was sent by one stands with no other', () => {
    const tenants = target.rows(
      'select distinct tenant, environment from event union select distinct tenant, environment from patient',
    );
    expect(tenants).toEqual([{ tenant: 'north', environment: 'test' }]);
  });

  test('every code that was met is explained in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const met = new Set([
      ...answers.flatMap(codesIn),
      ...target.rows<{ code: string }>('select distinct code from review_item').map(({ code }) => code),
    ]);
    expect(met.size).toBeGreaterThan(40);
    expect([...met].filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
  });

  test('no log, no figure and no receipt tells what was sent', async () => {
    const metrics = await target.get('/metrics');
    const receipts = JSON.stringify(target.rows('select receipt from message'));
    const problems = JSON.stringify(target.rows('select problem from review_item'));
    const audit = JSON.stringify(target.rows('select * from audit'));
    const log = await target.stop();
    expect(log).toContain('events appended');
    expectNoCanary({ 'the log': log, 'the metrics': metrics, 'the audit': audit });
    expectNoCanary({ receipts, 'problems in review': problems }, ['eventId', 'unknownField']);
    expect(log + metrics + audit).not.toMatch(/zinnob|kolibri/i);
  });
});
