import type { Identifier, Patient, PatientLink } from '@medplum/fhirtypes';
import { external, itb, usCoreProfile } from '../../fhir/systems.ts';
import type { Environment } from '../../store/schema.ts';

/** What is known here of who a patient is: how senders and servers call them, and with whom they were merged. */
export interface PatientFacts {
  readonly patientId: string;
  readonly environment: Environment;
  readonly identifiers: readonly { readonly system: string; readonly value: string; readonly use?: 'old' }[];
  /** Absolute addresses of the Patients that destinations hold. */
  readonly elsewhere: readonly string[];
  /** Ids of the patients that were merged into this one. */
  readonly replaces: readonly string[];
  /** The survivor, where this one was merged. */
  readonly replacedBy?: string;
}

/**
 * The Patient that our references name: a link to who is meant, no record of a person. Names and birth dates stay with
 * the hospital; that there is a name is said as US Core asks for it.
 */
export function patientResource(facts: PatientFacts): Patient {
  const { patientId, environment, identifiers, replacedBy } = facts;
  const link = linksOf(facts);
  return {
    resourceType: 'Patient',
    id: patientId,
    meta: {
      profile: [usCoreProfile.patient],
      ...(environment === 'test' && { security: [{ system: external.actReason, code: 'HTEST' }] }),
      tag: [{ system: itb.sync, code: 'itb-adapter' }],
    },
    // US Core 5 looks for the reason beside the name, later versions look in it.
    extension: unknownName,
    identifier: identifiers.map(({ system, value, use }): Identifier => ({ ...(use && { use }), system, value })),
    active: replacedBy === undefined,
    name: [{ extension: unknownName }],
    gender: 'unknown',
    ...(link.length > 0 && { link }),
  };
}

const unknownName = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }];

function linksOf({ elsewhere, replaces, replacedBy }: PatientFacts): PatientLink[] {
  const link = (type: PatientLink['type'], reference: string): PatientLink => ({ other: { reference }, type });
  return [
    ...elsewhere.map((address) => link('seealso', address)),
    ...replaces.map((id) => link('replaces', `Patient/${id}`)),
    ...(replacedBy === undefined ? [] : [link('replaced-by', `Patient/${replacedBy}`)]),
  ];
}
