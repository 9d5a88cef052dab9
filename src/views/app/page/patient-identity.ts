import type { Patient } from '@medplum/fhirtypes';

/** Whose record is open, as the EHR says it. */
export interface PatientIdentity {
  readonly name?: string | undefined;
  readonly birthDate?: string | undefined;
  readonly recordNumber?: string | undefined;
}

export function identityOf({ name = [], birthDate, identifier = [] }: Patient): PatientIdentity {
  const called = name.find(({ use }) => use === 'official') ?? name.find(({ use }) => use === 'usual') ?? name[0];
  const spoken = called?.text ?? [...(called?.given ?? []), called?.family].filter(Boolean).join(' ');
  const number = identifier.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR')) ?? identifier[0];
  return {
    ...(spoken && { name: spoken }),
    ...(birthDate && { birthDate }),
    ...(number?.value && { recordNumber: number.value }),
  };
}
