import type { CodeableConcept, Resource } from '@medplum/fhirtypes';
import { itb, profile } from '../../fhir/systems.ts';

/** What a resource is about, by the names of our profiles. */
export type Meaning = keyof typeof profile;

/**
 * By its codes of ours, as far as servers keep them; else by the profile of ours that it claims. Undefined: it is not
 * one of ours, and what it means is never guessed.
 */
export function meaningOf(resource: Resource): Meaning | undefined {
  return byCode(resource) ?? byClaim(resource);
}

/** The code of a CodeSystem in a concept. */
export const codeIn = (concept: CodeableConcept | undefined, system: string): string | undefined =>
  concept?.coding?.find((coding) => coding.system === system)?.code;

function byCode(resource: Resource): Meaning | undefined {
  switch (resource.resourceType) {
    case 'Procedure':
      return codeIn(resource.code, itb.procedure) === undefined ? undefined : 'procedure';
    case 'Observation':
      return ofObservation(resource.code);
    case 'MedicationAdministration':
      return ofAdministration(resource.dosage?.method);
    case 'Device': {
      const type = codeIn(resource.type, itb.deviceType);
      if (type === undefined) return undefined;
      return type === 'intrathecal-catheter' ? 'catheter' : 'pump';
    }
    case 'AdverseEvent':
      return codeIn(resource.event, itb.complication) === undefined ? undefined : 'adverseEvent';
    case 'CarePlan':
      return resource.category?.some((one) => codeIn(one, itb.clinical) === 'care-plan') ? 'carePlan' : undefined;
    default:
      return undefined;
  }
}

function ofObservation(code: CodeableConcept | undefined): Meaning | undefined {
  const clinical = codeIn(code, itb.clinical);
  if (clinical) return ofClinical[clinical] ?? (courses.has(clinical) ? 'course' : undefined);
  if (codeIn(code, itb.assessmentScale)) return 'assessment';
  return ofReading[codeIn(code, itb.observation) ?? ''];
}

const ofReading: Readonly<Record<string, Meaning>> = {
  'pump-status-panel': 'pumpStatus',
  'programmed-daily-dose': 'dailyDose',
  'patient-boluses-delivered': 'bolusCount',
  'pump-alarm': 'alarm',
  complication: 'complication',
  'residual-discrepancy': 'volumeDiscrepancy',
};

const ofClinical: Readonly<Record<string, Meaning>> = {
  'screening-response': 'screeningResponse',
  imaging: 'imaging',
  baseline: 'baseline',
};

const courses: ReadonlySet<string> = new Set(['follow-up', 'consent', 'enrolment', 'transfer', 'death']);

function ofAdministration(method: CodeableConcept | undefined): Meaning | undefined {
  if (codeIn(method, itb.infusionMode)) return 'infusion';
  if (codeIn(method, itb.clinical) === 'screening-bolus') return 'screeningBolus';
  return ofMethod[codeIn(method, itb.administration) ?? ''];
}

const ofMethod: Readonly<Record<string, Meaning>> = {
  'bridge-bolus': 'infusion',
  'single-bolus': 'bolus',
  'patient-activated-bolus': 'bolus',
  'priming-bolus': 'primingBolus',
  'reservoir-fill': 'reservoirFill',
};

function byClaim({ meta }: Resource): Meaning | undefined {
  const claims = new Set((meta?.profile ?? []).map((url) => url.split('|')[0]));
  return meanings.find((name) => claims.has(profile[name]));
}

const meanings = Object.keys(profile) as readonly Meaning[];
