import type { Bundle, Observation, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validate } from '../../../src/fhir/validate.ts';
import { storyNames } from '../../http/test-service.ts';
import { type FhirService, startFhirService } from '../fhir-read/fhir-service.ts';

const owner = { calculatedValues: { show: true, clinicalOwner: 'pump clinic' } } as const;
let fhir: FhirService;
let spinal: string;
beforeAll(async () => {
  fhir = await startFhirService(owner);
  spinal = await fhir.tell('spinal-cord-injury-on-time-refills');
});
afterAll(() => fhir.close());

async function ask(path: string, scope = 'system/*.rs') {
  const { status, body, headers } = await fhir.ask(path, { scope });
  return { status, headers, body: body as unknown as Answered };
}

/** A Bundle, or what was wrong. */
type Answered = Omit<Bundle, 'resourceType'> & Pick<OperationOutcome, 'issue'>;

const resourcesOf = ({ entry = [] }: Pick<Bundle, 'entry'>): Resource[] =>
  entry.flatMap(({ resource }) => resource ?? []);
const typesOf = (bundle: Pick<Bundle, 'entry'>): string[] =>
  resourcesOf(bundle).map(({ resourceType }) => resourceType);

/** Code, value and how it is known, of one component. */
function told(bundle: Pick<Bundle, 'entry'>, code: string) {
  const [summary] = resourcesOf(bundle) as Observation[];
  const {
    code: _,
    extension = [],
    ...value
  } = summary?.component?.find((one) => one.code.coding?.[0]?.code === code) ?? {};
  const how = Object.fromEntries(
    extension.map(({ url, ...rest }) => [url.slice(url.lastIndexOf('/') + 1), Object.values(rest)[0]]),
  );
  return { ...value, how };
}

describe('$pump-status of a patient', () => {
  test('is the summary of each pump, with how and as of when each value is known', async () => {
    const { status, body, headers } = await ask(`Patient/${spinal}/$pump-status`);
    expect([status, headers.get('content-type'), body.type]).toEqual([
      200,
      'application/fhir+json; charset=utf-8',
      'collection',
    ]);
    expect(told(body, 'programmed-daily-dose')).toEqual({
      valueQuantity: { value: 210, unit: 'ug/d', system: 'http://unitsofmeasure.org', code: 'ug/d' },
      how: {
        'value-method': 'reported',
        'value-as-of': '2024-03-12T10:30:00-04:00',
        'value-source': expect.objectContaining({ value: expect.any(String) }),
      },
    });
    expect(told(body, 'calculated-reservoir-volume')).toEqual({
      valueQuantity: { value: 29.31, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
      how: {
        'value-method': 'calculated',
        'value-as-of': '2024-05-01T12:00:00Z',
        'value-calculation': 'reservoir-volume',
      },
    });
  });

  test('says of what nobody reported that it is unknown, never a number', async () => {
    const { body } = await ask(`Patient/${spinal}/$pump-status`);
    expect(told(body, 'battery-status')).toEqual({
      dataAbsentReason: {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
            code: 'unknown',
            display: 'Unknown',
          },
        ],
        text: 'Unknown',
      },
      how: { 'value-method': 'unknown' },
    });
    expect(told(body, 'alarm-state').how['value-words']).toMatch(/^No alarm reported since /);
  });

  test('has what the summary rests on, each where it can be read, and where it comes from', async () => {
    const { body } = await ask(`Patient/${spinal}/$pump-status`);
    expect(new Set(typesOf(body))).toEqual(
      new Set(['Observation', 'Device', 'MedicationAdministration', 'Medication', 'MedicationRequest', 'Provenance']),
    );
    const read = body.entry?.filter(({ fullUrl }) => fullUrl?.startsWith('http')) ?? [];
    for (const { fullUrl = '', resource } of read.slice(0, 4)) {
      expect((await ask(fullUrl)).body).toEqual(resource);
    }
    const running = resourcesOf(body).filter(
      (one) => one.resourceType === 'MedicationAdministration' && one.status === 'in-progress',
    );
    expect(running).toHaveLength(1);
    const [summary] = resourcesOf(body) as Observation[];
    const names = read.map(({ fullUrl = '' }) => fullUrl.split('/').slice(-2).join('/'));
    expect(summary?.derivedFrom?.every(({ reference = '' }) => names.includes(reference))).toBe(true);
    expect(summary?.derivedFrom?.length).toBeGreaterThan(0);
  });

  test('gives of other types only what the token covers', async () => {
    const scope = 'system/Device.r system/MedicationAdministration.r system/Observation.r';
    const { body } = await ask(`Patient/${spinal}/$pump-status`, scope);
    expect(new Set(typesOf(body))).toEqual(new Set(['Observation', 'Device', 'MedicationAdministration']));
  });

  test('of the past has what ran then', async () => {
    const { body } = await ask(`Patient/${spinal}/$pump-status?at=2024-02-10T00:00:00Z`);
    const running = resourcesOf(body).flatMap((one) =>
      one.resourceType === 'MedicationAdministration' && one.effectivePeriod ? [one.effectivePeriod.start] : [],
    );
    expect(running).toHaveLength(1);
    expect(told(body, 'programme-since')).toMatchObject({ valueDateTime: '2024-02-08T14:00:00Z' });
    expect(resourcesOf(body)[0]).toMatchObject({ effectiveDateTime: '2024-02-10T00:00:00Z' });
  });

  test('is refused further ahead than a status is told for', async () => {
    const { status, body } = await ask(`Patient/${spinal}/$pump-status?at=2025-06-05T12:00:01Z`);
    expect([status, body.issue[0]?.details?.coding?.[0]?.code]).toEqual([400, 'field-range']);
  });
});

describe('$pump-status of a device', () => {
  test('is that of the pump, or of the pump that a catheter is connected to', async () => {
    const { body } = await ask(`Device?patient=${spinal}`);
    const devices = resourcesOf(body).filter(({ resourceType }) => resourceType === 'Device');
    expect(devices.length).toBeGreaterThan(0);
    for (const { id } of devices) {
      const { status, body: answer } = await ask(`Device/${id}/$pump-status`);
      expect([status, typesOf(answer)[0]]).toEqual([200, 'Observation']);
    }
  });
});

test.each(storyNames)('of %s every resource is valid', async (story) => {
  const patient = await fhir.tell(story);
  for (const at of ['2024-05-01T12:00:00Z', '2025-05-01T12:00:00Z']) {
    const { status, body } = await ask(`Patient/${patient}/$pump-status?at=${at}`);
    expect(status).toBe(200);
    expect(resourcesOf(body).flatMap((resource) => validate(resource, { requireProfile: 'always' }))).toEqual([]);
    expect(validate(body)).toEqual([]);
  }
});
