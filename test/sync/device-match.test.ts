import type { Device } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { canSearchDevices, isSameDevice, searchDevices } from '../../src/sync/device-match.ts';
import type { FhirClient } from '../../src/sync/fhir-client.ts';
import { able, capabilitiesOf } from './destination-context.ts';
import { identifierSystem, identityOf, pump } from './therapy-resources.ts';

const di = '09521234000402';
const ours: Device = { resourceType: 'Device', serialNumber: 'NGP100001H', udiCarrier: [{ deviceIdentifier: di }] };
const theirs = (changes: Partial<Device>): Device => ({ resourceType: 'Device', id: '7', ...changes });

describe('a device of the hospital is ours', () => {
  it.each<[string, Partial<Device>, boolean]>([
    ['by serial and device identifier', { serialNumber: 'NGP100001H', udiCarrier: [{ deviceIdentifier: di }] }, true],
    ['by its serial alone', { serialNumber: 'NGP100001H' }, true],
    ['by a serial typed with blanks in small letters', { serialNumber: ' ngp 100001h' }, true],
    [
      'not by the serial of another product',
      { serialNumber: 'NGP100001H', udiCarrier: [{ deviceIdentifier: '1' }] },
      false,
    ],
    ['not by another serial', { serialNumber: 'NGP100002H', udiCarrier: [{ deviceIdentifier: di }] }, false],
    ['by a printed UDI that holds both', { udiCarrier: [{ carrierHRF: `(01)${di}(21)NGP100001H` }] }, true],
    ['not by a printed UDI with the product alone', { udiCarrier: [{ carrierHRF: `(01)${di}(21)NGP9` }] }, false],
    ['not by a printed UDI with the serial alone', { udiCarrier: [{ carrierHRF: '(01)1(21)NGP100001H' }] }, false],
    ['not without anything', {}, false],
  ])('%s', (_how, changes, expected) => {
    expect(isSameDevice(theirs(changes), ours)).toBe(expected);
  });

  it('never where ours has no serial', () => {
    const nameless: Device = { resourceType: 'Device', udiCarrier: [{ deviceIdentifier: di }] };
    expect(isSameDevice(theirs({ udiCarrier: [{ deviceIdentifier: di }] }), nameless)).toBe(false);
    expect(isSameDevice(theirs({ serialNumber: '' }), nameless)).toBe(false);
  });

  it('by its serial where ours has no device identifier', () => {
    const plain: Device = { resourceType: 'Device', serialNumber: 'S1' };
    expect(isSameDevice(theirs({ serialNumber: 'S1', udiCarrier: [{ deviceIdentifier: di }] }), plain)).toBe(true);
    expect(isSameDevice(theirs({ udiCarrier: [{ carrierHRF: 'S1' }] }), plain)).toBe(false);
  });
});

const capabilities = capabilitiesOf({
  Device: able(['read', 'search-type'], { searchParameters: new Set(['patient']) }),
});

/** A hospital that answers with these devices, page by page. */
function asking(...pages: readonly (readonly object[])[]) {
  const asked: string[] = [];
  const client: FhirClient = {
    send: async ({ path }) => {
      asked.push(path);
      const page = pages[asked.length - 1] ?? [];
      const next =
        asked.length < pages.length ? [{ relation: 'next', url: `https://ehr.example/fhir?page=${asked.length}` }] : [];
      const entry = page.map((resource) => ({ resource }));
      return { kind: 'answered', status: 200, body: { resourceType: 'Bundle', type: 'searchset', link: next, entry } };
    },
  };
  return { asked, asking: { client, fhirBaseUrl: 'https://ehr.example/fhir', identifierSystem, capabilities } };
}

describe('the devices of a patient there', () => {
  it('are read to the last page, and each of ours is the one that is the same', async () => {
    const first = theirs({ id: '1', serialNumber: 'S1' });
    const second = theirs({ id: '2', serialNumber: 'S2' });
    const { asked, asking: at } = asking([first], [second]);
    const found = await searchDevices(at, [pump(1, 'S2'), pump(2, 'S3')], 'p 1');
    expect(found).toEqual(new Map([[identityOf(1), 'Device/2']]));
    expect(asked).toEqual(['Device?patient=p%201', '?page=1']);
  });

  it('are not matched where several could be the one', async () => {
    const twins = [theirs({ id: '1', serialNumber: 'S1' }), theirs({ id: '2', serialNumber: 'S1' })];
    expect(await searchDevices(asking(twins).asking, [pump(1, 'S1')], 'p1')).toEqual(new Map());
  });

  it('tell nothing where something else answers', async () => {
    const client: FhirClient = { send: async () => ({ kind: 'answered', status: 200, body: '<html>sign in</html>' }) };
    const at = { ...asking([]).asking, client };
    expect(await searchDevices(at, [pump(1, 'S1')], 'p1')).toMatchObject({ kind: 'retry' });
  });

  it('are searched only where the server searches them by patient', () => {
    expect(canSearchDevices(capabilities)).toBe(true);
    expect(canSearchDevices(capabilitiesOf({}))).toBe(false);
    expect(canSearchDevices(capabilitiesOf({ Device: able(['search-type']) }))).toBe(false);
    const unsearched = able(['read'], { searchParameters: new Set(['patient']) });
    expect(canSearchDevices(capabilitiesOf({ Device: unsearched }))).toBe(false);
  });
});
