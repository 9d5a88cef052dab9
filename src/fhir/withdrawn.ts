import type { AllergyIntolerance, Condition, Resource } from '@medplum/fhirtypes';

/** How resources of R4 say that they were entered in error, and which cannot. */

const enteredInError = 'entered-in-error';

/** The resource as it says so itself, with its content kept; undefined for a type that has no way to. */
export function withdrawn(resource: Resource): Resource | undefined {
  switch (resource.resourceType) {
    case 'Provenance':
    case 'AdverseEvent':
      return undefined;
    case 'Condition': {
      // R4 allows neither a clinical status nor an end beside it (con-4, con-5).
      const { clinicalStatus: _status, abatementDateTime: _end, ...kept } = resource as Condition;
      return { ...kept, verificationStatus: verification('condition-ver-status') };
    }
    case 'AllergyIntolerance': {
      const { clinicalStatus: _status, ...kept } = resource as AllergyIntolerance;
      return { ...kept, verificationStatus: verification('allergyintolerance-verification') };
    }
    default:
      return { ...resource, status: enteredInError } as Resource;
  }
}

export function isWithdrawn(resource: Resource): boolean {
  const { status, verificationStatus } = resource as { status?: string } & Pick<Condition, 'verificationStatus'>;
  return status === enteredInError || verificationStatus?.coding?.some(({ code }) => code === enteredInError) === true;
}

function verification(system: string) {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code: enteredInError }] };
}
