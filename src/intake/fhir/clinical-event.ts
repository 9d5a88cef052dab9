import type {
  AdverseEvent,
  Device,
  MedicationAdministration,
  MedicationStatement,
  Observation,
} from '@medplum/fhirtypes';
import { external, itb } from '../../fhir/systems.ts';
import { amountIn, codeFrom, listOf, numberIn, partsOf, plainIn, wordsIn } from './components.ts';
import { catheterLabel, pumpLabel } from './device.ts';
import type { Found } from './document.ts';
import { noteOf } from './envelope.ts';
import { amount, type Facts, said } from './facts.ts';
import { codeIn } from './meaning.ts';
import { isPump } from './pump-session.ts';
import type { FhirContext } from './read.ts';
import { named, one, type Report } from './report.ts';
import { siteInWords } from './words.ts';

/** What concerns the patient rather than a session with the pump. */

export function complication(report: Report): Facts {
  const observation = one<Observation>(report, 'complication');
  if (!observation) return adverseEvent(report.main as Found<AdverseEvent>);
  const { valueCodeableConcept } = observation.resource;
  const yes = { Serious: true, 'Non-serious': false } as Readonly<Record<string, boolean>>;
  const serious = partsOf(observation, 'complication-seriousness').flatMap(({ component, element }) =>
    said(
      'serious',
      yes[codeIn(component.valueCodeableConcept, external.adverseEventSeriousness) ?? ''],
      observation,
      `${element}.value`,
    ),
  );
  return [
    ...said('type', 'complication', observation, 'code'),
    ...focused(report, observation),
    ...said('code', codeIn(valueCodeableConcept, itb.complication), observation, 'value'),
    ...codeFrom('severity', observation, 'complication-severity', external.adverseEventSeverity),
    ...wordsIn('cause', observation, 'complication-cause'),
    ...listOf('symptoms', observation, 'complication-symptom', (part) => part.valueCodeableConcept?.text),
    ...codeFrom('relatedTo', observation, 'complication-related-to', itb.relatedTo),
    ...listOf('consequences', observation, 'complication-consequence', (part) => part.valueCodeableConcept?.text),
    ...wordsIn('action', observation, 'complication-action'),
    ...serious,
    ...plainIn('expected', observation, 'complication-expected', 'valueBoolean'),
    ...plainIn('confirmed', observation, 'complication-confirmed', 'valueBoolean'),
    ...codeFrom('outcome', observation, 'complication-outcome', external.adverseEventOutcome),
    ...plainIn('resolvedAt', observation, 'complication-resolved', 'valueDateTime'),
    ...noteOf(observation),
  ];
}

/** Of a registry that keeps nothing else of a complication. */
function adverseEvent(event: Found<AdverseEvent>): Facts {
  const { event: code, severity, outcome, seriousness } = event.resource;
  const yes = { Serious: true, 'Non-serious': false } as Readonly<Record<string, boolean>>;
  return [
    ...said('type', 'complication', event, 'event'),
    ...said('code', codeIn(code, itb.complication), event, 'event'),
    ...said('severity', codeIn(severity, external.adverseEventSeverity), event, 'severity'),
    ...said('outcome', codeIn(outcome, external.adverseEventOutcome), event, 'outcome'),
    ...said('serious', yes[codeIn(seriousness, external.adverseEventSeriousness) ?? ''], event, 'seriousness'),
  ];
}

/** The devices that an Observation about the patient is about. */
function focused(report: Report, observation: Found<Observation>): Facts {
  return (observation.resource.focus ?? []).flatMap((reference) => {
    const device = named<Device>(report, reference, observation);
    if (device?.resource.resourceType !== 'Device') return [];
    return isPump(device) ? pumpLabel('pump', device) : catheterLabel('catheter', device);
  });
}

export function assessment(report: Report, { codes }: FhirContext): Facts {
  const observation = report.main as Found<Observation>;
  const { code, valueQuantity, valueCodeableConcept, bodySite, component = [] } = observation.resource;
  const scale = codeIn(code, itb.assessmentScale);
  const values = scale === undefined ? undefined : codes.scale(scale);
  const { site, side } = bodySite?.text === undefined ? {} : siteInWords(bodySite.text);
  const grade = (written: typeof valueCodeableConcept, of = values?.value): string | undefined => {
    const stated = codeIn(written, itb.assessmentGrade);
    return of?.kind === 'grade' ? of.grades.find((each) => each.code === stated)?.written[0] : undefined;
  };
  return [
    ...said('type', 'assessment', observation, 'code'),
    ...focused(report, observation),
    ...said('scale', scale, observation, 'code'),
    ...said('value', valueQuantity?.value ?? grade(valueCodeableConcept), observation, 'value'),
    ...component.flatMap((part, n) => {
      const row = values?.parts.find((each) => each.code === codeIn(part.code, itb.assessmentPart));
      const value = part.valueQuantity?.value ?? grade(part.valueCodeableConcept, row?.value);
      return [
        ...said(`parts[${n}].part`, row?.written[0], observation, `component[${n}].code`),
        ...said(`parts[${n}].value`, value, observation, `component[${n}].value`),
      ];
    }),
    ...said('site', site, observation, 'bodySite.text'),
    ...said('side', side, observation, 'bodySite.text'),
    ...noteOf(observation),
  ];
}

export function imaging(report: Report): Facts {
  const observation = report.main as Found<Observation>;
  const { method, bodySite, valueString } = observation.resource;
  return [
    ...said('type', 'imaging', observation, 'code'),
    ...focused(report, observation),
    ...said('modality', method?.text, observation, 'method.text'),
    ...said('site', bodySite?.text, observation, 'bodySite.text'),
    ...plainIn('contrast', observation, 'contrast', 'valueString'),
    ...said('finding', valueString, observation, 'value'),
    ...noteOf(observation),
  ];
}

export function screening(report: Report, { codes }: FhirContext): Facts {
  const given = one<MedicationAdministration>(report, 'screeningBolus') as Found<MedicationAdministration>;
  const response = one<Observation>(report, 'screeningResponse');
  const { dosage } = given.resource;
  const method = codes.lookUp(itb.clinical, 'screening-bolus')?.display ?? '';
  const text = dosage?.method?.text ?? '';
  const minutes = /, injected over (\d+(?:\.\d+)?) min\. Not given by a pump\.$/.exec(dosage?.text ?? '')?.[1];
  const answer = codeIn(response?.resource.valueCodeableConcept, itb.clinicalAnswer);
  return [
    ...said('type', 'screening-bolus', given, 'dosage.method'),
    ...amount('doseUg', dosage?.dose, given, 'dosage.dose'),
    ...said(
      'route',
      text.startsWith(`${method}, `) ? text.slice(method.length + 2) : undefined,
      given,
      'dosage.method.text',
    ),
    ...said('injectionMinutes', minutes === undefined ? undefined : Number(minutes), given, 'dosage.text'),
    ...amountIn('volumeMl', response, 'screening-volume'),
    ...amountIn('concentrationUgPerMl', response, 'screening-concentration'),
    ...said('response', answer, response, 'value'),
    ...amountIn('effectDurationHours', response, 'effect-duration'),
    ...plainIn('lotNumber', response, 'lot-number', 'valueString'),
    ...plainIn('ndc', response, 'product-ndc', 'valueString'),
    ...noteOf(given),
  ];
}

export function rescueMedication(report: Report): Facts {
  const statement = report.main as Found<MedicationStatement>;
  const { medicationCodeableConcept, dosage, reasonCode } = statement.resource;
  return [
    ...said('type', 'rescue-medication', statement, 'meta.profile'),
    ...said('medication', medicationCodeableConcept?.text, statement, 'medication.text'),
    ...said('dose', dosage?.[0]?.text, statement, 'dosage[0].text'),
    ...said('route', dosage?.[0]?.route?.text, statement, 'dosage[0].route.text'),
    ...said('indication', reasonCode?.[0]?.text, statement, 'reasonCode[0].text'),
    ...noteOf(statement),
  ];
}

export function baseline(report: Report): Facts {
  const observation = report.main as Found<Observation>;
  const diagnoses = partsOf(observation, 'diagnosis').flatMap(({ component, element }) => {
    const [coding] = component.valueCodeableConcept?.coding ?? [];
    const display = component.valueCodeableConcept?.text;
    const { system, code } = coding ?? {};
    const stated = system && code ? { system, code, ...(display && { display }) } : undefined;
    return said('diagnosis', stated, observation, `${element}.value`);
  });
  return [
    ...said('type', 'baseline', observation, 'code'),
    ...codeFrom('indication', observation, 'indication', itb.clinicalAnswer),
    ...codeFrom('origin', observation, 'origin', itb.clinicalAnswer),
    ...diagnoses,
    ...plainIn('functionalLevel', observation, 'functional-level', 'valueString'),
    ...numberIn('weightKg', observation, 'weight', 'kg'),
    ...listOf('allergies', observation, 'allergy', (part) => part.valueString),
    ...listOf('earlierOralTherapy', observation, 'earlier-oral-therapy', (part) => part.valueString),
    ...noteOf(observation),
  ];
}

/** Follow-up, consent, enrolment, transfer, death: the code says which, the answer what. */
export function course(report: Report): Facts {
  const observation = report.main as Found<Observation>;
  const type = codeIn(observation.resource.code, itb.clinical) ?? '';
  const answer = codeIn(observation.resource.valueCodeableConcept, itb.clinicalAnswer) ?? '';
  const field = answers[type];
  const value = field && answer.slice(field.prefix.length);
  return [
    ...said('type', type, observation, 'code'),
    ...(field ? said(field.name, value, observation, 'value') : []),
    ...plainIn('alive', observation, 'alive', 'valueBoolean'),
    ...plainIn('onTherapy', observation, 'on-therapy', 'valueBoolean'),
    ...plainIn('scope', observation, 'scope', 'valueString'),
    ...plainIn('programme', observation, 'programme', 'valueString'),
    ...plainIn('reason', observation, 'reason', 'valueString'),
    ...plainIn('clinic', observation, 'clinic', 'valueString'),
    ...codeFrom('relatedToTherapy', observation, 'related-to-therapy', itb.clinicalAnswer),
    ...plainIn('cause', observation, 'cause', 'valueString'),
    ...noteOf(observation),
  ];
}

const answers: Readonly<Record<string, { readonly name: string; readonly prefix: string }>> = {
  'follow-up': { name: 'contact', prefix: 'contact-' },
  consent: { name: 'decision', prefix: 'consent-' },
  enrolment: { name: 'status', prefix: 'enrolment-' },
  transfer: { name: 'direction', prefix: 'transfer-' },
};
