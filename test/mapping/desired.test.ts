import type { Device, MedicationAdministration, Observation, Procedure } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { type Desired, desired } from '../../src/mapping/desired.ts';
import { history } from '../../src/therapy/history.ts';
import { timeline } from '../../src/therapy/timeline.ts';
import { asOf, desiredOf, mappingContext, patientOf, recordedOf, settings, therapyOf } from '../stories/story.ts';
import { fill, report, simple } from '../therapy/reports.ts';

const catheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C9', volumeMl: 0.185 };
const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', {
  catheter,
  fill: fill(18),
  prime: { volumeMl: 0.485 },
  program: simple(100),
});
const now = (...events: readonly CanonicalEvent[]) => desiredOf(events, patientOf(events[0] as CanonicalEvent));

const profileOf = ({ resource }: Desired['resources'][number]) => resource.meta?.profile?.[0]?.split('/').at(-1);
const withProfile = (result: Desired, profile: string) =>
  result.resources.filter((item) => profileOf(item) === profile).map(({ resource }) => resource);
const heldOf = (result: Desired) =>
  result.remarks.filter(({ held }) => held).map(({ problem: { code, place } }) => [code, place?.eventId]);

/** The daily doses, newest last, as `[report, value or why there is none]`. */
const dailyDoses = (result: Desired) =>
  result.resources
    .filter((item) => profileOf(item) === 'itb-daily-dose')
    .map(({ resource, entry }) => {
      const { valueQuantity, dataAbsentReason } = resource as Observation;
      return [entry.source.reportEventId, valueQuantity?.value ?? dataAbsentReason?.coding?.[0]?.code];
    });

describe('what does not conform', () => {
  const lotNumber = 'LOT\u0007';
  const refill = report('refill', 'B', '2024-05-01T10:00:00-04:00', {
    fill: { ...fill(18), lotNumber },
    program: simple(120),
  });
  const result = () => now(implant, refill);
  const ofRefill = () =>
    result()
      .resources.filter(({ entry }) => entry.source.reportEventId === 'B')
      .map(profileOf);

  it('holds itself and what refers to it, each with its problem', () => {
    expect(heldOf(result())).toEqual([
      ['resource-invalid', 'B'],
      ['dependency-held', 'B'],
      ['dependency-held', 'B'],
      ['dependency-held', 'B'],
    ]);
  });

  it('says what it is, where in it, and that what refers to it waits', () => {
    const [first, ...waiting] = result()
      .remarks.filter(({ held }) => held)
      .map(({ problem }) => problem.message);
    expect(first).toMatch(/^Medication at Medication\.batch\.lotNumber: ./);
    expect(waiting).toEqual(
      ['MedicationAdministration', 'Procedure', 'Observation'].map(
        (type) => `${type} refers to a resource that is held`,
      ),
    );
  });

  it('lets the dose of the same report go on, and everything of other reports', () => {
    expect(ofRefill()).toEqual(['itb-regimen', 'itb-infusion', 'itb-daily-dose', 'itb-provenance']);
    const others = result()
      .resources.filter(({ entry }) => entry.source.reportEventId === 'A')
      .map(profileOf);
    const alone = now(implant).resources.map(profileOf);
    expect(others).toEqual(alone);
  });

  it('names in its remark the place, never the value', () => {
    expect(JSON.stringify(result().remarks.map(({ problem }) => problem))).not.toContain('LOT');
  });
});

it('a report that names another one which nobody received is told, and holds nothing', () => {
  const stray = report('void', 'V', '2024-05-01T10:00:00-04:00', { voids: 'NOBODY', reason: 'wrong patient' });
  const found = now(implant, stray).remarks.filter(({ problem }) => problem.code === 'target-not-found');
  expect(found.map(({ problem, held }) => [problem.place?.field, held])).toEqual([['voids', false]]);
});

describe('the programmed daily dose', () => {
  it('is 0 from a stop on, so that nobody reads the last dose as running', () => {
    const stop = report('pump-stop', 'B', '2024-05-01T10:00:00-04:00');
    expect(dailyDoses(now(implant, stop))).toEqual([
      ['A', 100],
      ['B', 0],
    ]);
  });

  it('is 0 from an explant on', () => {
    const explant = report('explant', 'B', '2024-05-01T10:00:00-04:00');
    expect(dailyDoses(now(implant, explant)).at(-1)).toEqual(['B', 0]);
  });

  it('is unknown from a programme whose time is only a date', () => {
    const change = report('dose-change', 'B', '2024-05', { program: simple(120) });
    expect(dailyDoses(now(implant, change)).at(-1)).toEqual(['B', 'unknown']);
  });

  it('is unknown for a programme that states none, and its infusion is held', () => {
    const program = { mode: 'minimum-rate', concentrationUgPerMl: 2000 };
    const result = now(implant, report('dose-change', 'B', '2024-05-01T10:00:00-04:00', { program }));
    expect(dailyDoses(result).at(-1)).toEqual(['B', 'unknown']);
    expect(heldOf(result)).toEqual([['program-incomplete', 'B']]);
  });
});

describe('an infusion', () => {
  const infusions = (...events: readonly CanonicalEvent[]) =>
    withProfile(now(...events), 'itb-infusion') as MedicationAdministration[];

  it('of a pattern states its total of 24 hours as a ratio, its steps in the regimen', () => {
    const program = {
      mode: 'flex',
      concentrationUgPerMl: 2000,
      doseUgPerDay: 96,
      flexSteps: [
        { start: '22:00', end: '06:00', doseUg: 16 },
        { start: '06:00', end: '22:00', doseUg: 80 },
      ],
    };
    const events = [implant, report('dose-change', 'B', '2024-05-01T10:00:00-04:00', { program })] as const;
    expect(infusions(...events).at(-1)?.dosage).toMatchObject({
      rateRatio: { numerator: { value: 96, code: 'ug' }, denominator: { value: 1, code: 'd' } },
    });
    expect(infusions(...events).at(-1)?.dosage).not.toHaveProperty('rateQuantity');
    expect(withProfile(now(...events), 'itb-regimen').at(-1)).toMatchObject({
      dosageInstruction: [
        { sequence: 1, timing: { repeat: { timeOfDay: ['22:00:00'], duration: 8 } } },
        { sequence: 2, timing: { repeat: { timeOfDay: ['06:00:00'], duration: 16 } } },
      ],
    });
  });

  it('that ended in a month that is all we know ends in that month, not at an instant', () => {
    const [ended] = infusions(implant, report('explant', 'B', '2024-05'));
    expect(ended?.effectivePeriod).toEqual({ start: '2024-03-01T10:00:00-05:00', end: '2024-05' });
    expect(ended?.status).toBe('stopped');
  });

  it('says where filled and programmed concentration differ, without the dose that might result', () => {
    const refill = report('refill', 'B', '2024-05-01T10:00:00-04:00', { fill: fill(18, 500), program: simple(110) });
    const note = JSON.stringify(infusions(implant, refill).at(-1)?.note);
    expect(note).toMatch(/Concentration filled and concentration programmed differ/);
    expect(note).not.toMatch(/ug/);
  });
});

describe('a bolus', () => {
  const given = (occurredAt: string, kind = 'single') => {
    const fields = { bolus: { kind, doseUg: 25, durationMinutes: 10 } };
    const [administration] = withProfile(now(implant, report('bolus', 'B', occurredAt, fields)), 'itb-bolus');
    return administration as MedicationAdministration;
  };

  it('is a mass by the intrathecal route, for as long as it took', () => {
    const { status, effectivePeriod, dosage } = given('2024-05-01T10:00-04:00');
    expect(status).toBe('completed');
    expect(effectivePeriod).toEqual({ start: '2024-05-01T10:00:00-04:00', end: '2024-05-01T10:10:00-04:00' });
    expect(dosage).toMatchObject({ dose: { value: 25, code: 'ug' }, route: { coding: [{ code: 'IT' }, {}] } });
  });

  it('that still runs is in progress, without an end', () => {
    const bolus = report('bolus', 'B', '2024-05-01T10:00-04:00', {
      bolus: { kind: 'single', doseUg: 25, durationMinutes: 10 },
    });
    const at = Temporal.Instant.from('2024-05-01T14:09:59Z');
    const result = desiredOf([implant, bolus], patientOf(implant), at);
    expect(withProfile(result, 'itb-bolus')).toMatchObject([
      { status: 'in-progress', effectivePeriod: { start: '2024-05-01T10:00:00-04:00' } },
    ]);
    expect(result.nextChangeAt?.toString()).toBe('2024-05-01T14:10:00Z');
  });

  it('that the patient gave says so', () => {
    expect(given('2024-05-01T10:00-04:00', 'patient-activated').performer).toEqual([
      { actor: { reference: `Patient/${patientOf(implant)}` } },
    ]);
  });

  it('of which only the month is known has no invented minute', () => {
    expect(given('2024-05').effectivePeriod).toEqual({ start: '2024-05', end: '2024-05' });
  });
});

describe('drug that is no dose', () => {
  const result = () => now(implant);

  it.each(['itb-reservoir-fill', 'itb-priming-bolus'])('%s has a volume, no route and no mass', (profile) => {
    const [administration] = withProfile(result(), profile) as MedicationAdministration[];
    expect(administration?.dosage?.dose?.code).toBe('mL');
    expect(administration?.dosage).not.toHaveProperty('route');
    expect(administration?.dosage).not.toHaveProperty('rateQuantity');
    expect(JSON.stringify(administration?.dosage)).not.toMatch(/"(ug|mg)"/);
  });

  it('is never added up with doses: only what reaches the patient has the intrathecal route', () => {
    const routed = result().resources.filter(({ resource }) => JSON.stringify(resource).includes('"route"'));
    expect(routed.map(profileOf)).toEqual(['itb-regimen', 'itb-infusion']);
  });
});

describe('values that we calculate', () => {
  const refill = report('refill', 'B', '2024-05-01T10:00:00-04:00', {
    fill: fill(18),
    residual: { measuredMl: 14 },
    reported: { lowReservoirAlarmDate: '2024-12-01' },
  });
  const codesShown = (calculatedValues: 'shown' | 'withheld') => {
    const events = [implant, refill];
    const patientId = patientOf(implant);
    const result = desired(therapyOf(events, patientId), { ...mappingContext(patientId), calculatedValues });
    const panel = withProfile(result, 'itb-pump-status').at(-1) as Observation;
    return panel.component?.map(({ code }) => code.coding?.[0]?.code) ?? [];
  };
  const ours = [
    'calculated-residual-volume',
    'residual-discrepancy',
    'delivered-to-programmed-ratio',
    'residual-grade',
    'calculated-reservoir-volume',
    'low-reservoir-alarm-date',
    'refill-due-by',
  ];

  it('stand beside what was reported, where a tenant shows them', () => {
    expect(codesShown('shown')).toEqual(expect.arrayContaining([...ours, 'reported-low-reservoir-alarm-date']));
  });

  it('are left out, all of them, where a tenant does not', () => {
    const shown = codesShown('withheld');
    expect(shown.filter((code) => ours.includes(code as string))).toEqual([]);
    expect(shown).toEqual(expect.arrayContaining(['measured-residual-volume', 'reported-low-reservoir-alarm-date']));
  });
});

describe('a code that nobody knows', () => {
  it('holds its complication and nothing else', () => {
    const result = now(implant, report('complication', 'B', '2024-05-01T10:00:00-04:00', { code: 'sprocket-loose' }));
    expect(heldOf(result)).toEqual([['code-unmapped', 'B']]);
    expect(result.resources).toEqual(now(implant).resources);
    expect(JSON.stringify(result.remarks.map(({ problem }) => problem))).not.toContain('sprocket');
  });
});

describe('a pump', () => {
  it('of a model with a constant flow is not called programmable', () => {
    const facts = { manufacturer: 'Medtronic', models: ['8637 40'], family: 'x', kind: 'constant-flow-pump' as const };
    const past = history(recordedOf([implant]), patientOf(implant), settings);
    const typeWith = (models: (typeof facts)[]) => {
      const therapy = timeline(past, asOf, { ...settings, models });
      return withProfile(desired(therapy, mappingContext(patientOf(implant))), 'itb-pump').map((device) =>
        device.resourceType === 'Device' ? device.type?.coding?.[0]?.code : undefined,
      );
    };
    expect(typeWith([facts])).toEqual(['constant-flow-pump']);
    expect(typeWith([])).toEqual(['programmable-pump']);
  });
});

describe('the label of a test', () => {
  it('is on every resource of a test event, and on none of a live one', () => {
    const securityOf = (event: CanonicalEvent) =>
      now(event).resources.map(({ resource }) => resource.meta?.security?.[0]?.code);
    expect(new Set(securityOf(implant))).toEqual(new Set(['HTEST']));
    const { test: _, ...live } = implant as CanonicalEvent & { test?: boolean };
    expect(new Set(securityOf(live as CanonicalEvent))).toEqual(new Set([undefined]));
  });
});

describe('a pump replaced in one report', () => {
  it('is one Procedure that explants the old pump, implants the new one and touches the catheter that stays', () => {
    const next = { manufacturer: 'Medtronic', model: '8667-20', serialNumber: 'NGP720002H' };
    const fields = { component: 'pump', action: 'replaced', pump: next, catheter };
    const result = now(implant, report('revision', 'B', '2024-06-01T10:00:00-04:00', fields));
    const procedure = result.resources.find(
      ({ resource, entry }) => resource.resourceType === 'Procedure' && entry.source.reportEventId === 'B',
    )?.resource as Procedure;
    expect(procedure.code?.coding?.[0]?.code).toBe('pump-replacement-catheter-kept');
    const serialOf = (reference: string | undefined) => {
      const found = result.resources.find(({ identity }) => reference === `urn:uuid:${identity}`)?.resource as Device;
      return found.serialNumber ?? found.lotNumber;
    };
    const devices = procedure.focalDevice?.map(({ action, manipulated }) => [
      action?.coding?.[0]?.code,
      serialOf(manipulated.reference),
    ]);
    expect(devices).toEqual([
      ['explanted', 'NGP710001H'],
      ['implanted', 'NGP720002H'],
      ['manipulated', 'LOT-C9'],
    ]);
  });
});
