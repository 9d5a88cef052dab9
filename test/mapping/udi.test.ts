import { describe, expect, it } from 'vitest';
import { labelFromUdi, udiCarrier, udiWarnings } from '../../src/mapping/udi.ts';

const gs1 = '(01)09521234000402(11)231004(17)250404(10)LOT-P1(21)NGP100001H';
const scan = ']d20109521234000402112310041725040421NGP100001H';
const iccbba = '=/A9999XYZ100T0944=,000025=A99971312345600=>014032';

describe('the UDI of a Device', () => {
  it('from GS1 print names device, issuer and jurisdiction beside the text', () => {
    expect(udiCarrier({ udi: gs1, udiEntryType: 'barcode' })).toStrictEqual({
      udiCarrier: [
        {
          deviceIdentifier: '09521234000402',
          issuer: 'http://hl7.org/fhir/NamingSystem/gs1-di',
          jurisdiction: 'http://hl7.org/fhir/NamingSystem/fda-udi',
          carrierHRF: gs1,
          entryType: 'barcode',
        },
      ],
    });
  });

  it('from a scan alone keeps the scanner string in base64, separators included, and has no printed text', () => {
    const udiAidc = ']d2010952123400040210LOT-P1\u001d21NGP100001H';
    expect(udiCarrier({ udiAidc })).toStrictEqual({
      udiCarrier: [
        {
          deviceIdentifier: '09521234000402',
          issuer: 'http://hl7.org/fhir/NamingSystem/gs1-di',
          jurisdiction: 'http://hl7.org/fhir/NamingSystem/fda-udi',
          carrierAIDC: 'XWQyMDEwOTUyMTIzNDAwMDQwMjEwTE9ULVAxHTIxTkdQMTAwMDAxSA==',
          entryType: 'unknown',
        },
      ],
    });
  });

  it('from print and scan is one carrier with both', () => {
    expect(udiCarrier({ udi: 'not legible', udiAidc: scan, udiEntryType: 'rfid' })).toStrictEqual({
      udiCarrier: [
        {
          deviceIdentifier: '09521234000402',
          issuer: 'http://hl7.org/fhir/NamingSystem/gs1-di',
          jurisdiction: 'http://hl7.org/fhir/NamingSystem/fda-udi',
          carrierHRF: 'not legible',
          carrierAIDC: btoa(scan),
          entryType: 'rfid',
        },
      ],
    });
  });

  it.each([
    ['+A123BJC5D6E71G', 'A123BJC5D6E71', 'http://hl7.org/fhir/NamingSystem/hibcc-dI'],
    [iccbba, 'A9999XYZ100T0944', 'http://hl7.org/fhir/NamingSystem/iccbba-other-di'],
  ])('%s names device and issuer, and no jurisdiction', (udi, deviceIdentifier, issuer) => {
    expect(udiCarrier({ udi })).toStrictEqual({
      udiCarrier: [{ deviceIdentifier, issuer, carrierHRF: udi, entryType: 'unknown' }],
    });
  });

  it('in no known grammar is its text alone', () => {
    expect(udiCarrier({ udi: 'label not legible', udiEntryType: 'manual' })).toStrictEqual({
      udiCarrier: [{ carrierHRF: 'label not legible', entryType: 'manual' }],
    });
  });

  it('is absent where the label has none, however it was entered', () => {
    expect(udiCarrier({ udiEntryType: 'card' })).toStrictEqual({});
  });
});

describe('the elements of a Device that its UDI states', () => {
  it('are all repeated where the label says nothing', () => {
    expect(labelFromUdi({ udi: gs1 })).toStrictEqual({
      serialNumber: 'NGP100001H',
      lotNumber: 'LOT-P1',
      manufactureDate: '2023-10-04',
      expirationDate: '2025-04-04',
    });
  });

  it('leave what the label states as it states it', () => {
    const label = {
      serialNumber: 'ngp100001h',
      lotNumber: 'lot-p1',
      manufactureDate: '2023',
      expirationDate: '2025-04',
    };
    expect(labelFromUdi({ udi: gs1, ...label })).toStrictEqual({});
  });

  it.each([
    ['serialNumber', { lotNumber: 'LOT-P1', manufactureDate: '2023-10-04', expirationDate: '2025-04-04' }],
    ['lotNumber', { serialNumber: 'NGP100001H', manufactureDate: '2023-10-04', expirationDate: '2025-04-04' }],
    ['manufactureDate', { serialNumber: 'NGP100001H', lotNumber: 'LOT-P1', expirationDate: '2025-04-04' }],
    ['expirationDate', { serialNumber: 'NGP100001H', lotNumber: 'LOT-P1', manufactureDate: '2023-10-04' }],
  ])('leave out the %s alone that the label states', (field, rest) => {
    expect(labelFromUdi({ udi: gs1, [field]: '2023' })).toStrictEqual(rest);
  });

  it('come from the print first, and from the scan where the print is silent', () => {
    expect(labelFromUdi({ udi: '(01)09521234000402(17)250404', udiAidc: scan })).toStrictEqual({
      serialNumber: 'NGP100001H',
      manufactureDate: '2023-10-04',
      expirationDate: '2025-04-04',
    });
    expect(labelFromUdi({ udi: '(01)09521234000402(21)A1', udiAidc: ']d2010952123400040221B2' })).toStrictEqual({
      serialNumber: 'A1',
    });
  });

  it('include the donation number of an ICCBBA product', () => {
    expect(labelFromUdi({ udi: iccbba })).toStrictEqual({
      serialNumber: '000025',
      expirationDate: '2014-02-01',
      distinctIdentifier: 'A99971312345600',
    });
  });

  it.each([['label not legible'], ['(01)0952'], [undefined]])('are none in %s', (udi) => {
    expect(labelFromUdi({ udi })).toStrictEqual({});
  });
});

describe('a check character that does not fit', () => {
  it('is a warning, for the event that sent the label', () => {
    expect(udiWarnings({ udi: '(01)09521234000403' }, 'E1')).toStrictEqual([
      {
        code: 'udi-check-differs',
        severity: 'warning',
        place: { eventId: 'E1' },
        message: 'the check character of the UDI does not fit',
        remedy: 'Compare the UDI with the label of the device; it may be mistyped.',
      },
    ]);
  });

  it.each([[gs1], ['label not legible'], [undefined]])('is not in %s', (udi) => {
    expect(udiWarnings({ udi }, 'E1')).toStrictEqual([]);
  });
});
