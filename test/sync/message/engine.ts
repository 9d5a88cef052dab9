import type { Hl7v2Settings } from '../../../src/sync/destination.ts';

/** An interface engine as a site configures it. */
export const engine = (changes: Partial<Hl7v2Settings> = {}): Hl7v2Settings => ({
  transport: { kind: 'http', url: 'http://127.0.0.1:1/hl7' },
  sendingApplication: 'ITB',
  sendingFacility: 'CLINIC',
  receivingApplication: 'ENGINE',
  receivingFacility: 'HOSPITAL',
  version: '2.5.1',
  assigningAuthorities: { 'urn:oid:2.16.840.1.113883.19.5': 'HOSP' },
  ...changes,
});
