import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { ingest } from '../../src/pipeline.ts';
import { leaveEchoes } from '../../src/receiving/echo.ts';
import { readAs } from '../../src/receiving/read-as.ts';
import type { Fact } from '../../src/sync/facts.ts';
import { withFields } from '../../src/sync/message/er7.ts';
import { noLag, openAdapter, openReviewOf, report, settle } from '../flow/adapter.ts';
import { clinicOf, mrnSystem } from '../flow/events.ts';
import { admit, type Hospital, openHospital } from '../flow/hospital.ts';
import { does } from '../sync/one-hospital.ts';

const names = { sendingApplication: 'ITB', sendingFacility: 'CLINIC' };
const hl7v2 = {
  transport: { kind: 'mllp', host: 'engine.example', port: 2575, tls: true },
  version: '2.5.1',
  ...names,
  receivingApplication: 'EHR',
  receivingFacility: 'HOSPITAL',
  assigningAuthorities: { [mrnSystem]: 'HOSP' },
} as const;
const takesNothing: Fact[] = [
  noLag,
  does('Device', 'read', 'search-type'),
  does('DocumentReference', 'read', 'search-type'),
];

const clinic = clinicOf('A');
let hospital: Hospital;
let app: App;
let sent: string[];

beforeEach(async () => {
  hospital = await openHospital();
  await admit(hospital, mrnSystem, ['A']);
  const opened = await openAdapter({ hospital }, { facts: takesNothing, projection: { hl7v2 } });
  sent = [];
  const send = async (er7: string) => {
    sent.push(er7);
    return { kind: 'accepted' } as const;
  };
  app = { ...opened, destinations: opened.destinations.map((runtime) => ({ ...runtime, engine: { send } })) };
  await report(app, clinic.implant('i', 0, 100), clinic.assessment('s', 1, 'MAS', '2'), clinic.doseChange('d', 2, 120));
  await report(app, clinic.correctDose('c', 'd', 2, 125));
  await settle(app);
});
afterEach(async () => {
  await app.close();
  await hospital.sandbox.close();
});

async function fedBack(messages: readonly string[]) {
  const items = messages.flatMap((text) => readAs(app, { format: 'hl7v2', text }).items);
  return ingest(app, await leaveEchoes(app, 'default', items), 'default');
}

describe('the messages that an engine was sent, fed back', () => {
  it('are left alone, whether or not a field map could read them', async () => {
    expect(sent.length).toBeGreaterThanOrEqual(3);
    const before = sent.length;
    const receipts = await fedBack(sent);
    expect(receipts.length).toBeGreaterThanOrEqual(sent.length);
    expect(new Set(receipts.map(({ outcome }) => outcome))).toEqual(new Set(['left-alone']));
    expect(new Set(receipts.flatMap(({ problems }) => problems.map(({ code }) => code)))).toEqual(new Set(['echo']));
    await settle(app);
    expect(sent).toHaveLength(before);
    expect(await openReviewOf(app)).toEqual([]);
  });

  it('are input where another deployment of the same name sent them', async () => {
    const other = (sent[0] as string).replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}/g, '0b7b8c1e-1111-8222');
    const receipts = await fedBack([withFields(other, 'MSH', { 10: 'ANOTHER' })]);
    expect(receipts.flatMap(({ problems }) => problems.map(({ code }) => code))).not.toContain('echo');
    expect(receipts).toHaveLength(1);
  });
});
