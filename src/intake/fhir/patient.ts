import type { Identifier, Patient, Reference, Resource } from '@medplum/fhirtypes';
import { problem } from '../../event/problem.ts';
import { type Found, placeOf } from './document.ts';
import { type Fact, type Facts, said } from './facts.ts';
import { identitiesOf, keyed } from './origin.ts';
import { named, type Report } from './report.ts';

/**
 * Whom a report is about, as senders name patients: an identifier of the Patient that its resources refer to, or that
 * the reference itself names. An export of another deployment names its patients by their keyed id alone, in the
 * identifier system of that deployment. Several identifiers, of which none is preferred: nobody is guessed.
 */
export function patientOf(report: Report, preferred: readonly string[]): Facts {
  const { main } = report;
  const reference = subjectOf(main.resource);
  const patient = named<Patient>(report, reference, main);
  const stated = [...(reference?.identifier ? [reference.identifier] : []), ...(patient?.resource.identifier ?? [])];
  const chosen = theOne(stated, preferred) ?? (stated.length === 0 ? keyedPatient(main, reference) : undefined);
  const from = patient ?? main;
  if (!chosen) return [unknown(stated.length > 0 ? from : main, stated.length)];
  const element = patient && stated.length > 0 ? 'identifier' : 'subject';
  return said('patient.identifier', chosen, from, element);
}

export function subjectOf(resource: Resource): Reference<Patient> | undefined {
  const { subject, patient } = resource as { subject?: Reference<Patient>; patient?: Reference<Patient> };
  return subject ?? patient;
}

interface Named {
  readonly system: string;
  readonly value: string;
}

function theOne(stated: readonly Identifier[], preferred: readonly string[]): Named | undefined {
  const usable = stated.flatMap(({ system, value, use }) =>
    system && value && use !== 'old' ? [{ system, value }] : [],
  );
  for (const wanted of preferred) {
    const of = usable.filter(({ system }) => system === wanted);
    if (of.length > 0) return of.length === 1 ? of[0] : undefined;
  }
  const [first, ...others] = usable;
  const differ = others.some(({ system, value }) => system !== first?.system || value !== first.value);
  return differ ? undefined : first;
}

function keyedPatient({ resource }: Found, reference: Reference | undefined): Named | undefined {
  const [identity] = identitiesOf(resource);
  const id = reference?.reference?.split('/').at(-1);
  return identity && id && keyed.test(id) ? { system: identity.system, value: id } : undefined;
}

function unknown(from: Found, count: number): Fact {
  const message =
    count === 0
      ? 'nothing names the patient by an identifier'
      : 'several identifiers name the patient, and none is preferred';
  const place = placeOf(from, count === 0 ? 'subject' : 'identifier');
  return { problem: problem('fhir-patient-unknown', message, place), lacks: 'patient' };
}
