import type {
  AllergyIntolerance,
  CareTeam,
  CareTeamParticipant,
  CodeableConcept,
  Medication,
  MedicationRequest,
} from '@medplum/fhirtypes';
import { idOf, nameOf } from './hospital-record.ts';

/** Single entries of the hospital’s record as lines, and which of them count. */

export const isActiveOrder = ({ status }: MedicationRequest): boolean => status === 'active';

/** Ordered for when it is needed: what the order forbids is none. */
export const isAsNeeded = ({ dosageInstruction = [], doNotPerform }: MedicationRequest): boolean =>
  !doNotPerform &&
  dosageInstruction.some(({ asNeededBoolean, asNeededCodeableConcept }) => asNeededBoolean || asNeededCodeableConcept);

/** `Baclofen 10 mg tablet, one at night (ordered as needed)`. */
export function medicationLine(order: MedicationRequest, drugs: readonly Medication[]): string {
  const dosage = (order.dosageInstruction ?? []).flatMap(({ text }) => text ?? []);
  const drug = [drugIn(order, drugs) ?? 'a drug that the record does not name', ...dosage].join(', ');
  const remarks = [
    isAsNeeded(order) && 'ordered as needed',
    (order.intent === 'proposal' || order.intent === 'option') && 'not an order, only put forward',
  ];
  return withRemarks(order.doNotPerform ? `NOT to be given: ${drug}` : drug, remarks);
}

/** Left out: entered in error, refuted, no longer active. */
export function isStandingAllergy({ verificationStatus, clinicalStatus }: AllergyIntolerance): boolean {
  const codes = [verificationStatus, clinicalStatus].flatMap((one) => one?.coding ?? []).map(({ code }) => code);
  return !codes.some((code) => ['entered-in-error', 'refuted', 'inactive', 'resolved'].includes(code ?? ''));
}

/** `Latex (high criticality; hives)`. */
export function allergyLine({ code, criticality, verificationStatus, reaction = [] }: AllergyIntolerance): string {
  const signs = reaction.flatMap(({ manifestation }) => manifestation.flatMap((one) => wordsOf(one) ?? []));
  const isUnconfirmed = verificationStatus?.coding?.some((one) => one.code === 'unconfirmed');
  const remarks = [criticality === 'high' && 'high criticality', isUnconfirmed && 'unconfirmed', ...signs];
  return withRemarks(wordsOf(code) ?? 'something that the record does not name', remarks);
}

export const isActiveTeam = ({ status }: CareTeam): boolean => status === 'active';

/** Its members with their roles, without the patient and without those who left before `asOf`; else its name. */
export function teamLines({ participant = [], name }: CareTeam, asOf: string): string[] {
  const members = participant.filter((one) => !isPatient(one) && !hasLeft(one, asOf));
  const told = members.map(memberLine);
  return told.length > 0 ? told : [name ?? 'a team that the record does not name'];
}

function memberLine({ member, role = [] }: CareTeamParticipant): string {
  const words = [member?.display, ...role.map(wordsOf)].filter(Boolean);
  return words.length > 0 ? words.join(', ') : 'a member whom the record does not name';
}

const isPatient = ({ member }: CareTeamParticipant): boolean => idOf(member)?.startsWith('Patient/') ?? false;

/** A day, a month or a year that ends a membership lasts to its end: it is over once the next has begun. */
function hasLeft({ period }: CareTeamParticipant, asOf: string): boolean {
  const end = period?.end;
  if (end === undefined) return false;
  return end.includes('T') ? new Date(end) < new Date(asOf) : end < asOf.slice(0, end.length);
}

/** Stated with the order, contained in it, or a resource of its own. */
function drugIn(order: MedicationRequest, drugs: readonly Medication[]): string | undefined {
  const { medicationCodeableConcept, medicationReference, contained = [] } = order;
  if (medicationCodeableConcept) return wordsOf(medicationCodeableConcept);
  if (medicationReference?.display) return medicationReference.display;
  const inside = contained.find(({ id }) => `#${id}` === medicationReference?.reference);
  const drug = inside ?? drugs.find((one) => nameOf(one) === idOf(medicationReference));
  return drug?.resourceType === 'Medication' ? wordsOf(drug.code) : undefined;
}

function wordsOf(concept: CodeableConcept | undefined): string | undefined {
  const { text, coding = [] } = concept ?? {};
  return text ?? coding.find(({ display }) => display)?.display ?? coding[0]?.code;
}

function withRemarks(words: string, remarks: readonly (string | false | undefined)[]): string {
  const said = remarks.filter(Boolean);
  return said.length > 0 ? `${words} (${said.join('; ')})` : words;
}
