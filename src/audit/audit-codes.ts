import type { Coding } from '@medplum/fhirtypes';
import { itb } from '../fhir/systems.ts';

/** Every code of an AuditEvent: those of FHIR R4 4.0.1 and DICOM's as FHIR R4 lists them, one of IHE BALP, one of ours. */

const audit = (system: string, code: string, display: string): Coding => ({
  system: `http://terminology.hl7.org/CodeSystem/${system}`,
  code,
  display,
});

const dicom = (code: string, display: string): Coding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
});

export const restful = audit('audit-event-type', 'rest', 'RESTful Operation');
export const exported = dicom('110106', 'Export');
export const imported = dicom('110107', 'Import');
export const operation: Coding = { system: itb.audit, code: 'operation', display: 'Operation' };

export const interactionCode = (code: string): Coding => ({
  system: 'http://hl7.org/fhir/restful-interaction',
  code,
  display: code,
});

export const role = {
  application: dicom('110150', 'Application'),
  destination: dicom('110152', 'Destination Role ID'),
  source: dicom('110153', 'Source Role ID'),
  custodian: audit('provenance-participant-type', 'custodian', 'Custodian'),
  recipient: audit('v3-ParticipationType', 'IRCP', 'information recipient'),
} as const;

export const entityType = {
  person: audit('audit-entity-type', '1', 'Person'),
  systemObject: audit('audit-entity-type', '2', 'System Object'),
  requestId: { system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType', code: 'XrequestId' },
} as const;

export const entityRole = {
  patient: audit('object-role', '1', 'Patient'),
  report: audit('object-role', '3', 'Report'),
  domainResource: audit('object-role', '4', 'Domain Resource'),
  query: audit('object-role', '24', 'Query'),
} as const;

export const applicationServer = audit('security-source-type', '4', 'Application Server');

export const testData: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  code: 'HTEST',
  display: 'test health data',
};
