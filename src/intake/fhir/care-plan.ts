import type { CarePlan, CarePlanActivityDetail } from '@medplum/fhirtypes';
import { itb } from '../../fhir/systems.ts';
import type { Found } from './document.ts';
import { noteOf } from './envelope.ts';
import { type Facts, said } from './facts.ts';
import { codeIn } from './meaning.ts';
import type { Report } from './report.ts';

/** The plan that a clinic signed: each of its parts is an activity with a code of ours. */
export function carePlan(report: Report): Facts {
  const plan = report.main as Found<CarePlan>;
  const { author, period, careTeam = [] } = plan.resource;
  return [
    ...said('type', 'care-plan', plan, 'category'),
    ...lists.flatMap(([field, code]) =>
      partsOf(plan, code).flatMap((part, n) => described(`${field}[${n}]`, part, plan)),
    ),
    ...texts.flatMap(([field, code]) => partsOf(plan, code).flatMap((part) => described(field, part, plan))),
    ...partsOf(plan, 'restriction').flatMap((part, n) => [
      ...described(`restrictions[${n}].text`, part, plan),
      ...said(`restrictions[${n}].until`, part.detail.scheduledPeriod?.end, plan, `${part.element}.scheduled.end`),
    ]),
    ...partsOf(plan, 'contact').flatMap(({ detail, element }, n) =>
      said(`contacts[${n}]`, contactInWords(detail.description ?? ''), plan, `${element}.description`),
    ),
    ...partsOf(plan, 'review').flatMap(({ detail, element }) =>
      said('reviewDate', detail.scheduledPeriod?.start, plan, `${element}.scheduled.start`),
    ),
    ...careTeam.flatMap(({ display }, n) => said(`careTeam[${n}]`, display, plan, `careTeam[${n}].display`)),
    ...said('author', author?.display, plan, 'author.display'),
    ...said('signedDate', period?.start, plan, 'period.start'),
    ...noteOf(plan),
  ];
}

const lists = [
  ['withdrawalSigns', 'withdrawal-signs'],
  ['overdoseSigns', 'overdose-signs'],
  ['prnDrugs', 'prn-drug'],
  ['allergies', 'allergy'],
  ['currentMedication', 'current-medication'],
] as const;

const texts = [
  ['emergencyPlan', 'emergency-plan'],
  ['feverProtocol', 'fever-protocol'],
  ['skin', 'skin'],
  ['deviceCard', 'device-card'],
] as const;

interface Part {
  readonly detail: CarePlanActivityDetail;
  /** `activity[2].detail`. */
  readonly element: string;
}

function partsOf(plan: Found<CarePlan>, code: string): Part[] {
  return (plan.resource.activity ?? []).flatMap(({ detail }, n) =>
    detail && codeIn(detail.code, itb.clinical) === code ? [{ detail, element: `activity[${n}].detail` }] : [],
  );
}

const described = (field: string, { detail, element }: Part, plan: Found<CarePlan>): Facts =>
  said(field, detail.description, plan, `${element}.description`);

/** `clinic on call, Dr. Osei, +1-555-0100`: who first, the number last. */
function contactInWords(text: string): object {
  const [role, ...rest] = text.split(', ');
  const telephone = rest.pop();
  return { role, ...(rest.length > 0 && { name: rest.join(', ') }), ...(telephone && { telephone }) };
}
