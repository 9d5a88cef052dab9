import type { Bundle, Device, Patient, Provenance, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformsToUsCore, validate } from '../../../src/fhir/validate.ts';
import { startTokenIssuer, type TokenIssuer } from '../../auth/token-issuer.ts';
import { type Answer, type FhirService, matches, startFhirService, trusted } from './fhir-service.ts';

/** Named after the tests of Inferno's kits (SMART App Launch 2.2, US Core 7 and 8) that a resource server is run against. */

let fhir: FhirService;
let issuer: TokenIssuer;
let patient: string;
let devices: Device[];
beforeAll(async () => {
  issuer = await startTokenIssuer();
  const smart = {
    authorizationEndpoint: 'https://ehr.test/authorize',
    tokenEndpoint: 'https://ehr.test/token',
    capabilities: ['launch-ehr', 'launch-standalone', 'client-public', 'context-ehr-patient', 'permission-patient'],
  };
  fhir = await startFhirService({}, '2025-06-01T12:00:00Z', (ours) => ({
    issuers: [ours, { ...trusted(issuer), smart }],
  }));
  patient = await fhir.tell('pump-replaced-catheter-kept');
  await fhir.tell('flex-and-kinked-catheter');
  devices = await all(`Device?patient=${patient}`);
});
afterAll(async () => {
  await fhir.close();
  await issuer.close();
});

const asked = (path: string, more: object = {}) =>
  fhir.ask(path, { scope: 'patient/*.read launch/patient', patient, ...more });

/** Every page, by its next link, as Inferno walks them. */
async function all<R extends Resource>(path: string): Promise<R[]> {
  const pages: Answer[] = [await asked(path)];
  for (let next = nextOf(pages[0]?.body); next !== undefined; next = nextOf(pages.at(-1)?.body))
    pages.push(await asked(next));
  expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200));
  return pages.flatMap((page) => matches<R>(page));
}

const nextOf = (bundle: Pick<Bundle, 'link'> | undefined) =>
  bundle?.link?.find(({ relation }) => relation === 'next')?.url;

const posted = (path: string, body: string) =>
  asked(path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });

describe('SMART discovery (smart_discovery_stu2_2)', () => {
  const configuration = async () => {
    const response = await fetch(`${fhir.base}/.well-known/smart-configuration`, {
      headers: { accept: 'application/json', origin: 'https://inferno.test' },
    });
    return { response, body: (await response.json()) as Record<string, string & string[]> };
  };

  test('well_known_endpoint: JSON without a token', async () => {
    const { response } = await configuration();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
    ]);
  });

  test('well_known_capabilities_stu2: what is required is there, and S256 without plain', async () => {
    const { body } = await configuration();
    expect(body).toMatchObject({
      authorization_endpoint: 'https://ehr.test/authorize',
      token_endpoint: 'https://ehr.test/token',
      code_challenge_methods_supported: ['S256'],
    });
    expect(body.grant_types_supported).toContain('authorization_code');
    expect(body.capabilities).toContain('launch-ehr');
    // Without sso-openid-connect there is no issuer to name.
    expect([body.capabilities?.includes('sso-openid-connect'), body.issuer]).toEqual([false, undefined]);
  });

  test('smart_cors_well_known_endpoint', async () => {
    const { response } = await configuration();
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('smart_cors_metadata_request', async () => {
    const { headers } = await fhir.ask('metadata', { headers: { origin: 'https://inferno.test' } });
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('US Core implantable device (us_core_v700_device, us_core_v800_device)', () => {
  test('device_patient_search_test: every Device of the patient, by GET and POST, with and without the type', async () => {
    const withType = await all<Device>(`Device?patient=Patient/${patient}`);
    const byForm = await posted('Device/_search', `patient=${patient}`);
    const byBoth = await posted(`Device/_search?patient=${patient}`, '_count=100');
    expect(devices.length).toBeGreaterThan(1);
    expect(new Set(devices.map((device) => device.patient?.reference))).toEqual(new Set([`Patient/${patient}`]));
    expect([withType, matches(byForm), matches(byBoth)]).toEqual([devices, devices, devices]);
    expect([byForm.status, byForm.body.total]).toEqual([200, devices.length]);
  });

  test('device_patient_search_test: a 400 says why in an OperationOutcome', async () => {
    const { status, body } = await asked(`Device?patient=${patient}&name=x`);
    expect([status, body.resourceType, body.issue[0]?.severity]).toEqual([400, 'OperationOutcome', 'error']);
  });

  test('device_patient_search_test: pages that follow next hold each Device once', async () => {
    expect(await all(`Device?patient=${patient}&_count=1`)).toEqual(devices);
  });

  test('device_patient_status_search_test', async () => {
    const byStatus = Map.groupBy(devices, ({ status }) => status as string);
    expect([...byStatus.keys()].sort()).toEqual(['active', 'inactive']);
    for (const [status, expected] of byStatus) {
      expect(await all(`Device?patient=${patient}&status=${status}`)).toEqual(expected);
    }
  });

  test('device_patient_type_search_test: by code, and by system|code', async () => {
    const { system, code } = devices[0]?.type?.coding?.[0] ?? {};
    const expected = devices.filter(({ type }) => type?.coding?.some((coding) => coding.code === code));
    expect(await all(`Device?patient=${patient}&type=${code}`)).toEqual(expected);
    expect(await all(`Device?patient=${patient}&type=${system}|${code}`)).toEqual(expected);
    expect(await all(`Device?patient=${patient}&type=http://other.test|${code}`)).toEqual([]);
  });

  test('device_read_test', async () => {
    for (const device of devices) expect((await asked(`Device/${device.id}`)).body).toEqual(device);
  });

  test('device_vread_test, device_history_test (SHOULD)', async () => {
    const [device] = devices;
    const { versionId } = device?.meta ?? {};
    expect((await asked(`Device/${device?.id}/_history/${versionId}`)).body).toEqual(device);
    expect((await asked(`Device/${device?.id}/_history`)).body.entry?.[0]?.resource).toEqual(device);
  });

  test('device_provenance_revinclude_search_test', async () => {
    const { body } = await asked(`Device?patient=${patient}&_revinclude=Provenance:target`);
    const included = (body.entry ?? [])
      .filter(({ search }) => search?.mode === 'include')
      .map(({ resource }) => resource as Provenance);
    const names = new Set(devices.map(({ id }) => `Device/${id}`));
    expect(included.length).toBeGreaterThan(0);
    expect(
      included.filter(({ target = [] }) => !target.some(({ reference }) => names.has(reference as string))),
    ).toEqual([]);
    expect(body.total).toBe(devices.length);
  });

  test('device_validation_test: every Device is a US Core implantable device', async () => {
    const everyone = matches<Device>(await fhir.ask('Device?_count=100', { scope: 'system/*.rs' }));
    expect(everyone.length).toBeGreaterThan(devices.length);
    for (const device of everyone) {
      expect(validate(device)).toEqual([]);
      expect(
        conformsToUsCore(device, 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device'),
      ).toBe(true);
    }
  });

  // A donation number (HCT/P) is the one element that no event of a pump can have: `distinctIdentifier` is a deviation.
  test('device_must_support_test: each element is seen, but for distinctIdentifier', async () => {
    const everyone = matches<Device>(await fhir.ask('Device?_count=100', { scope: 'system/*.rs' }));
    const seen = (has: (device: Device) => unknown) => everyone.some((device) => has(device) !== undefined);
    expect({
      udiCarrier: seen(({ udiCarrier }) => udiCarrier),
      deviceIdentifier: seen(({ udiCarrier }) => udiCarrier?.[0]?.deviceIdentifier),
      carrierHRF: seen(({ udiCarrier }) => udiCarrier?.[0]?.carrierHRF),
      distinctIdentifier: seen(({ distinctIdentifier }) => distinctIdentifier),
      manufactureDate: seen(({ manufactureDate }) => manufactureDate),
      expirationDate: seen(({ expirationDate }) => expirationDate),
      lotNumber: seen(({ lotNumber }) => lotNumber),
      serialNumber: seen(({ serialNumber }) => serialNumber),
      type: seen(({ type }) => type),
      patient: seen((device) => device.patient),
    }).toEqual({
      ...{ udiCarrier: true, deviceIdentifier: true, carrierHRF: true, distinctIdentifier: false },
      ...{
        manufactureDate: true,
        expirationDate: true,
        lotNumber: true,
        serialNumber: true,
        type: true,
        patient: true,
      },
    });
  });

  test('device_reference_resolution_test: Device.patient is a US Core Patient', async () => {
    const { status, body } = await asked(devices[0]?.patient?.reference as string);
    expect([status, body.id]).toEqual([200, patient]);
    expect(
      conformsToUsCore(body as unknown as Patient, 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'),
    ).toBe(true);
  });

  test('SMART v1 scopes are enough, and the patient of the launch is the only one', async () => {
    const other = await fhir.tell('spinal-cord-injury-on-time-refills');
    expect(matches(await asked(`Device?patient=${other}`))).toEqual([]);
    expect(matches(await asked('Device'))).toEqual(devices);
  });
});
