/** Every URI that we own or emit, written once. The FSH configuration holds the same canonical base. */

export const canonicalBase = 'https://w3id.org/itb-fhir';

/** Canonical of one of our profiles or extensions. */
export const structureDefinition = (id: string): string => `${canonicalBase}/StructureDefinition/${id}`;

/** Canonical of one of our CodeSystems. */
export const codeSystem = (id: string): string => `${canonicalBase}/CodeSystem/${id}`;

/** Our own CodeSystems: the only codes that we may define. */
export const itb = {
  observation: codeSystem('itb-observation'),
  procedure: codeSystem('itb-procedure'),
  infusionMode: codeSystem('itb-infusion-mode'),
  administration: codeSystem('itb-administration'),
  deviceType: codeSystem('itb-device-type'),
  deviceStatusReason: codeSystem('itb-device-status-reason'),
  stopReason: codeSystem('itb-stop-reason'),
  alarm: codeSystem('itb-alarm'),
  complication: codeSystem('itb-complication'),
  relatedTo: codeSystem('itb-related-to'),
  residualGrade: codeSystem('itb-residual-grade'),
  assessmentScale: codeSystem('itb-assessment-scale'),
  pumpEvent: codeSystem('itb-pump-event'),
  problem: codeSystem('itb-problem'),
  sync: codeSystem('itb-sync'),
} as const;

/** Our profiles, by the kind of resource that they constrain. */
export const profile = {
  pump: structureDefinition('itb-pump'),
  catheter: structureDefinition('itb-catheter'),
  procedure: structureDefinition('itb-procedure'),
  infusion: structureDefinition('itb-infusion'),
  bolus: structureDefinition('itb-bolus'),
  primingBolus: structureDefinition('itb-priming-bolus'),
  reservoirFill: structureDefinition('itb-reservoir-fill'),
  medication: structureDefinition('itb-medication'),
  regimen: structureDefinition('itb-regimen'),
  pumpStatus: structureDefinition('itb-pump-status'),
  dailyDose: structureDefinition('itb-daily-dose'),
  complication: structureDefinition('itb-complication'),
  assessment: structureDefinition('itb-assessment'),
  provenance: structureDefinition('itb-provenance'),
} as const;

export const extension = {
  infusionMode: structureDefinition('infusion-mode'),
  timePrecision: structureDefinition('time-precision'),
} as const;

/** Identifier systems that we issue in. The deployment id makes what is ours distinguishable from another deployment's. */
export const resourceIdentifierSystem = (deploymentId: string): string => `${canonicalBase}/sid/${deploymentId}`;

/** Systems of others that we emit. */
export const external = {
  ucum: 'http://unitsofmeasure.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  unii: 'http://fdasis.nlm.nih.gov',
  mdc: 'urn:iso:std:iso:11073:10101',
  loinc: 'http://loinc.org',
  routeOfAdministration: 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration',
  actReason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  dataOperation: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  provenanceParticipant: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
  usCoreProvenanceParticipant: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type',
  deviceAction: 'http://hl7.org/fhir/device-action',
  deviceStatusReason: 'http://terminology.hl7.org/CodeSystem/device-status-reason',
  sourceSystem: `${canonicalBase}/sid/source-system`,
  dataAbsentReason: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
  fdaUdi: 'http://hl7.org/fhir/NamingSystem/fda-udi',
  gs1Di: 'http://hl7.org/fhir/NamingSystem/gs1-di',
} as const;
