import type { CarePlan, Observation, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { hospitalCourse } from '../../../src/views/app/page/hospital-course.ts';
import { hospitalStatus } from '../../../src/views/app/page/hospital-status.ts';
import { course } from '../../../src/views/pump-status/course-schema.ts';
import { type PumpStatus, pumpStatus } from '../../../src/views/pump-status/status-schema.ts';
import { recordOf, somebody, writtenThere } from './hospital-record.ts';

const asOf = '2024-08-01T00:00:00Z';
const kinked = 'flex-and-kinked-catheter';
const reimplanted = 'infection-explant-and-reimplant';

const statusOf = async (resources: readonly Resource[]): Promise<PumpStatus> =>
  pumpStatus.parse(hospitalStatus(await recordOf(resources), asOf));

const withoutComplications = (story: string): Resource[] =>
  writtenThere(story).filter(
    (one) => one.resourceType !== 'Observation' || one.code.coding?.[0]?.code !== 'complication',
  );

describe('the searches for the hospital’s record', () => {
  it('are by patient, and for Observations by our codes', async () => {
    const asked: string[] = [];
    await recordOf(writtenThere(kinked), asked);
    expect(asked.slice(0, 5).map(decodeURIComponent)).toEqual([
      'Device?patient=there',
      'MedicationAdministration?patient=there',
      `Observation?patient=there&code=${['pump-status-panel', 'programmed-daily-dose', 'pump-alarm', 'complication']
        .map((code) => `https://w3id.org/itb-fhir/CodeSystem/itb-observation|${code}`)
        .join(',')}`,
      'Procedure?patient=there',
      'CarePlan?patient=there',
    ]);
    expect(asked[5]).toMatch(/^Medication\?_id=[0-9a-f-]{36}(,[0-9a-f-]{36}){3}$/);
  });

  it('leave out what others wrote and what was entered in error', async () => {
    const [pump, ...rest] = writtenThere(kinked);
    const foreign = { resourceType: 'Device', id: 'x', type: { text: 'wheelchair' } } as Resource;
    const wrong = { ...(pump as Resource), id: 'y', status: 'entered-in-error' } as Resource;
    const record = await recordOf([pump as Resource, ...rest, foreign, wrong]);
    expect(record.devices.filter(({ id }) => id === 'x' || id === 'y')).toEqual([]);
  });

  it('go on without the drugs where those cannot be read', async () => {
    const resources = writtenThere(kinked).filter(({ resourceType }) => resourceType !== 'Medication');
    const [pump] = (await statusOf(resources)).pumps;
    expect(pump?.refill).toMatchObject({ volumeMl: { value: 18 }, concentrationUgPerMl: { value: null } });
  });
});

describe('the status that the hospital’s record tells', () => {
  it('is what was reported: what runs, since when, what was filled and measured', async () => {
    const [pump] = (await statusOf(writtenThere(kinked))).pumps;
    const running = { method: 'reported', asOf: '2023-11-24T15:00:00+00:00' };
    expect(pump?.programme).toMatchObject({
      delivery: { value: 'running', ...running },
      mode: { value: 'simple-continuous', ...running },
      drug: { value: 'baclofen', ...running },
      doseUgPerDay: { value: 180, ...running },
      runningSince: { value: '2023-11-24T15:00:00+00:00', ...running },
      concentrationUgPerMl: { value: 2000, method: 'reported', asOf: '2024-03-26T10:00:00+00:00' },
    });
    expect(pump?.programme.doseUgPerDay.source).toMatchObject({
      system: 'the hospital’s record',
      eventId: expect.stringMatching(/^MedicationAdministration\/[0-9a-f-]{36}$/),
    });
    expect(pump?.refill).toMatchObject({
      last: { value: '2024-03-26T10:00:00+00:00' },
      volumeMl: { value: 18 },
      concentrationUgPerMl: { value: 2000 },
      measuredResidualMl: { value: 6.2, method: 'measured' },
      expectedResidualMl: { reported: { value: 6.436 } },
    });
  });

  it('names pump and catheter with where they lie', async () => {
    const [pump] = (await statusOf(writtenThere(kinked))).pumps;
    expect(pump).toMatchObject({
      manufacturer: { value: 'Medtronic' },
      model: { value: 'SynchroMed II 8637-20' },
      serialNumber: { value: 'NGP300003H' },
      reservoirCapacityMl: { value: 20 },
      state: { value: 'active' },
      implanted: { value: '2023-04-18T10:30:00+01:00' },
      pocket: { site: { value: 'right lower quadrant of abdomen' } },
      catheter: { model: { value: '8780' }, implantedLengthCm: { value: 78 }, volumeMl: { value: 0.172 } },
      magneticResonance: { words: 'MR status not established: ask the manufacturer and radiology.' },
    });
  });

  it('holds nothing calculated, although the record does', async () => {
    const text = JSON.stringify(await statusOf(writtenThere(kinked)));
    expect(text).not.toContain('"method":"calculated"');
    expect(text).not.toContain('6.438');
  });

  it('says that it does not know what waits for review, and how old the newest report is', async () => {
    const { reportsHeld, dataAsOf, environment, banner, person } = await statusOf(writtenThere(kinked));
    expect([reportsHeld.count, reportsHeld.words]).toEqual([
      0,
      'Not known here: the hospital’s record does not say what waits for review.',
    ]);
    expect(dataAsOf).toMatchObject({ lastReportAt: '2024-03-26T10:00:00+00:00', ageDays: 127 });
    expect([environment, person.birthDate.value]).toEqual(['test', '2013-02-14']);
    expect(banner.urgency).toBe('urgent');
    expect(banner.reasons).toMatchObject([
      { code: 'withdrawal', words: 'Baclofen withdrawal reported and not reported as over.' },
    ]);
  });

  it('of a record without a pump knows nothing and gives no all-clear', async () => {
    const { pumps, banner, dataAsOf, environment } = await statusOf([somebody]);
    expect([pumps, environment, dataAsOf.ageDays]).toEqual([[], 'live', null]);
    expect(dataAsOf.words).toBe('The hospital’s record holds no report of a pump.');
    expect(banner).toEqual({
      urgency: 'nothing-reported',
      reasons: [],
      words: 'Nothing reported in the hospital’s record. What happened is not known here.',
    });
  });

  it('without a reason for urgency says up to when there are reports, and no all-clear', async () => {
    const { banner } = await statusOf(withoutComplications(reimplanted));
    expect(banner).toEqual({
      urgency: 'nothing-reported',
      reasons: [],
      words:
        'No urgent reason known from the hospital’s record up to 16 Jul 2024. What happened since, or was not written there, is not known here.',
    });
  });

  it('puts the pump in use first, and says of the other when it was taken out', async () => {
    const { pumps } = await statusOf(writtenThere(reimplanted));
    expect(
      pumps.map(({ state, explanted, programme }) => [state.value, explanted.value, programme.delivery.value]),
    ).toEqual([
      ['active', null, 'running'],
      ['explanted', '2024-02-06T08:30:00-08:00', null],
    ]);
  });

  it('mentions what else is open, and that delivery was stopped', async () => {
    const stopped = writtenThere(reimplanted).map((one) =>
      one.resourceType === 'MedicationAdministration' && one.status === 'in-progress'
        ? { ...one, status: 'stopped' as const, effectivePeriod: { ...one.effectivePeriod, end: '2024-07-20' } }
        : one,
    );
    const { banner, pumps } = await statusOf(stopped);
    expect(banner.urgency).toBe('attention');
    expect(banner.reasons.map(({ code, words, device }) => [code, words, device])).toEqual([
      ['pocket-infection', 'Reported, and not reported as over: pocket infection.', expect.any(String)],
      ['delivery-stopped', 'The pump was reported as not delivering.', pumps[0]?.device],
    ]);
  });

  it.each([
    ['eri', 'attention', 'The pump asks for its replacement.'],
    ['eos', 'urgent', 'End of service of the battery reported.'],
  ] as const)('says how pressing it is that the battery says %s', async (code, urgency, words) => {
    const coding = [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-device-status-reason', code }];
    const asking = withoutComplications(reimplanted).map((one) =>
      one.resourceType === 'Device' && one.status === 'active' ? { ...one, statusReason: [{ coding }] } : one,
    );
    const { banner, pumps } = await statusOf(asking);
    expect(banner.reasons.map((one) => [one.code, one.urgency, one.words])).toEqual([[code, urgency, words]]);
    expect([banner.urgency, pumps[0]?.state.value]).toEqual([urgency, code]);
  });

  it('after a stop says stopped, and knows no dose', async () => {
    const stopped = writtenThere(kinked).map((one) =>
      one.resourceType === 'MedicationAdministration' && one.status === 'in-progress'
        ? { ...one, status: 'stopped' as const, effectivePeriod: { ...one.effectivePeriod, end: '2024-05-01' } }
        : one,
    );
    const [pump] = (await statusOf(stopped)).pumps;
    expect(pump?.programme.delivery).toMatchObject({ value: 'stopped', asOf: '2024-05-01' });
    expect(pump?.programme.doseUgPerDay.value).toBeNull();
  });
});

describe('alarms and complications of the record', () => {
  const missed = () => writtenThere('missed-refill-and-withdrawal');
  const isAlarm = (one: Resource): one is Observation =>
    one.resourceType === 'Observation' && one.code.coding?.[0]?.code === 'pump-alarm';

  it('stand where it does not call them over, with their meaning', async () => {
    const open = missed().map((one) =>
      isAlarm(one) ? { ...one, component: one.component?.filter(({ code }) => code.text !== 'End of the alarm') } : one,
    );
    const { pumps, banner } = await statusOf(open);
    expect(pumps[0]?.alarms.standing.map(({ code, criticality, delivery }) => [code, criticality, delivery])).toEqual([
      ['low-reservoir', 'non-critical', 'continues'],
      ['empty-reservoir', 'critical', 'continues'],
    ]);
    expect(banner.urgency).toBe('urgent');
  });

  it('that are over leave the words since when none stands', async () => {
    const none = missed().filter((one) => !isAlarm(one));
    expect((await statusOf(none)).pumps[0]?.alarms).toEqual({
      standing: [],
      words: expect.stringMatching(
        /^No standing alarm in the hospital’s record of 1\d May 2025\. Alarms are learned late\.$/,
      ),
    });
  });
});

describe('the care plan of the record', () => {
  it('is the active one, in its parts', async () => {
    const { carePlan } = await statusOf(writtenThere(reimplanted));
    expect(Object.fromEntries(Object.entries(carePlan).map(([name, { value }]) => [name, value]))).toEqual({
      withdrawalSigns: ['itching without rash', 'rising tone'],
      overdoseSigns: ['drowsiness'],
      restrictions: [{ text: 'no contact sport', until: '2024-10-01' }],
      feverProtocol: 'call the clinic for any fever above 38.5 Cel',
      emergencyPlan: 'go to the emergency department and call the clinic',
      contacts: [{ role: 'pump clinic on call', name: null, telephone: '+1-555-0123' }],
      prnDrugs: ['oral baclofen 10 mg'],
      currentMedication: ['diazepam 2 mg at night'],
      allergies: ['latex'],
      deviceCard: 'carried',
      skin: 'healed',
      careTeam: ['pump clinic', 'physical medicine'],
      author: 'pump clinic',
      signedDate: '2024-07-18',
      reviewDate: '2025-07-18',
    });
  });

  it('that was revoked does not count', async () => {
    const revoked = writtenThere(reimplanted).map((one) =>
      one.resourceType === 'CarePlan' ? ({ ...one, status: 'revoked' } as CarePlan) : one,
    );
    const { carePlan } = await statusOf(revoked);
    expect(new Set(Object.values(carePlan).map(({ method }) => method))).toEqual(new Set(['unknown']));
  });
});

describe('the course that the record tells', () => {
  it('is its doses, fills, devices, alarms and complications, and no volume', async () => {
    const told = course.parse(hospitalCourse(await recordOf(writtenThere(kinked)), asOf));
    expect(told.doses.map(({ doseUgPerDay, endReason }) => [doseUgPerDay, endReason])).toContainEqual([180, null]);
    expect([told.doses.length, told.refills.length, told.reservoirs, told.dates]).toEqual([6, 4, [], []]);
    expect(told.refills[0]).toMatchObject({ volumeMl: 18, concentrationUgPerMl: 2000 });
    expect(told.devices.map(({ kind, model }) => [kind, model])).toEqual([
      ['pump', 'SynchroMed II 8637-20'],
      ['catheter', '8780'],
      ['catheter', '8780'],
    ]);
    expect(told.complications).toMatchObject([{ code: 'withdrawal', severity: 'moderate', resolvedAt: null }]);
  });
});
