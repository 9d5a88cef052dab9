/** Every URI that we own or emit, written once. The FSH configuration holds the same canonical base. */

export const canonicalBase = 'https://w3id.org/itb-fhir';

/** Canonical of one of our profiles or extensions. */
export const structureDefinition = (id: string): string => `${canonicalBase}/StructureDefinition/${id}`;

/** Canonical of one of our CodeSystems. */
export const codeSystem = (id: string): string => `${canonicalBase}/CodeSystem/${id}`;

/** Our own CodeSystems: the only codes that we may define. */
export const itb = {
  observation: codeSystem('itb-observation'),
  feedDrug: codeSystem('itb-feed-drug'),
  feedObservation: codeSystem('itb-feed-observation'),
  feedReport: codeSystem('itb-feed-report'),
  procedure: codeSystem('itb-procedure'),
  infusionMode: codeSystem('itb-infusion-mode'),
  administration: codeSystem('itb-administration'),
  deviceType: codeSystem('itb-device-type'),
  deviceStatusReason: codeSystem('itb-device-status-reason'),
  stopReason: codeSystem('itb-stop-reason'),
  explantCause: codeSystem('itb-explant-cause'),
  factSource: codeSystem('itb-fact-source'),
  performerFunction: codeSystem('itb-performer-function'),
  alarm: codeSystem('itb-alarm'),
  alarmDelivery: codeSystem('itb-alarm-delivery'),
  batteryStatus: codeSystem('itb-battery-status'),
  complication: codeSystem('itb-complication'),
  relatedTo: codeSystem('itb-related-to'),
  refillSetting: codeSystem('itb-refill-setting'),
  refillState: codeSystem('itb-refill-state'),
  statusAnswer: codeSystem('itb-status-answer'),
  residualGrade: codeSystem('itb-residual-grade'),
  residualDirection: codeSystem('itb-residual-direction'),
  residualReading: codeSystem('itb-residual-reading'),
  assessmentScale: codeSystem('itb-assessment-scale'),
  assessmentGrade: codeSystem('itb-assessment-grade'),
  assessmentPart: codeSystem('itb-assessment-part'),
  clinical: codeSystem('itb-clinical'),
  clinicalAnswer: codeSystem('itb-clinical-answer'),
  pumpEvent: codeSystem('itb-pump-event'),
  problem: codeSystem('itb-problem'),
  sync: codeSystem('itb-sync'),
  report: codeSystem('itb-report'),
  audit: codeSystem('itb-audit'),
  cardOverride: codeSystem('itb-card-override'),
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
  deviceUse: structureDefinition('itb-device-use'),
  pumpStatus: structureDefinition('itb-pump-status'),
  pumpSummary: structureDefinition('itb-pump-summary'),
  dailyDose: structureDefinition('itb-daily-dose'),
  bolusCount: structureDefinition('itb-bolus-count'),
  alarm: structureDefinition('itb-alarm'),
  volumeDiscrepancy: structureDefinition('itb-volume-discrepancy'),
  complication: structureDefinition('itb-complication'),
  adverseEvent: structureDefinition('itb-adverse-event'),
  assessment: structureDefinition('itb-assessment'),
  screeningBolus: structureDefinition('itb-screening-bolus'),
  screeningResponse: structureDefinition('itb-screening-response'),
  rescueMedication: structureDefinition('itb-rescue-medication'),
  imaging: structureDefinition('itb-imaging'),
  baseline: structureDefinition('itb-baseline'),
  course: structureDefinition('itb-course'),
  carePlan: structureDefinition('itb-care-plan'),
  condition: structureDefinition('itb-condition'),
  flag: structureDefinition('itb-flag'),
  allergy: structureDefinition('itb-allergy'),
  provenance: structureDefinition('itb-provenance'),
  report: structureDefinition('itb-report'),
  worklistEntry: structureDefinition('itb-worklist-entry'),
  refillTask: structureDefinition('itb-refill-task'),
} as const;

export const extension = {
  infusionMode: structureDefinition('infusion-mode'),
  timePrecision: structureDefinition('time-precision'),
  valueMethod: structureDefinition('value-method'),
  valueAsOf: structureDefinition('value-as-of'),
  valueSource: structureDefinition('value-source'),
  valueCalculation: structureDefinition('value-calculation'),
  valueWords: structureDefinition('value-words'),
} as const;

/** Profiles of US Core that a resource of ours may conform to as well. */
export const usCoreProfile = {
  implantableDevice: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-implantable-device',
  medicationRequest: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-medicationrequest',
  patient: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient',
} as const;

/** Identifier systems that we issue in. The deployment id makes what is ours distinguishable from another deployment's. */
export const resourceIdentifierSystem = (deploymentId: string): string => `${canonicalBase}/sid/${deploymentId}`;

/** Systems of others that we emit. */
export const external = {
  ucum: 'http://unitsofmeasure.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  unii: 'http://fdasis.nlm.nih.gov',
  ndc: 'http://hl7.org/fhir/sid/ndc',
  ncit: 'urn:oid:2.16.840.1.113883.3.26.1.1',
  yesNo: 'http://terminology.hl7.org/CodeSystem/v2-0136',
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
  adverseEventSeverity: 'http://terminology.hl7.org/CodeSystem/adverse-event-severity',
  adverseEventSeriousness: 'http://terminology.hl7.org/CodeSystem/adverse-event-seriousness',
  adverseEventOutcome: 'http://terminology.hl7.org/CodeSystem/adverse-event-outcome',
  conditionClinical: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  conditionVerification: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  conditionCategory: 'http://terminology.hl7.org/CodeSystem/condition-category',
  allergyClinical: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
  allergyVerification: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
  flagCategory: 'http://terminology.hl7.org/CodeSystem/flag-category',
  fdaUdi: 'http://hl7.org/fhir/NamingSystem/fda-udi',
  gs1Di: 'http://hl7.org/fhir/NamingSystem/gs1-di',
  // The capital letter is how FHIR R4 prints it.
  hibccDi: 'http://hl7.org/fhir/NamingSystem/hibcc-dI',
  iccbbaOtherDi: 'http://hl7.org/fhir/NamingSystem/iccbba-other-di',
} as const;
