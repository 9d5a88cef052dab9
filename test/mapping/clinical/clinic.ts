import type { Resource } from '@medplum/fhirtypes';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import type { Emit } from '../../../src/mapping/context.ts';
import { type Desired, desired } from '../../../src/mapping/desired.ts';
import { mappingContext, patientOf, therapyOf } from '../../stories/story.ts';
import { fill, report, simple } from '../../therapy/reports.ts';

/** What a clinic reports about one patient, and what of it is written under one profile. */

export const firstCatheter = { manufacturer: 'Medtronic', model: '8780', lotNumber: 'LOT-C1' };
export const secondCatheter = { manufacturer: 'Medtronic', model: '8781', lotNumber: 'LOT-C2' };

export const implant = report('implant', 'IMPLANT', '2024-03-01T10:00:00-05:00', {
  catheter: firstCatheter,
  fill: fill(18),
  program: simple(100),
});

export function written(events: readonly CanonicalEvent[], emit?: Emit): Desired {
  const patientId = patientOf(events[0] as CanonicalEvent);
  return desired(therapyOf(events, patientId), { ...mappingContext(patientId), emit });
}

export function only<R extends Resource>(result: Desired, profile: string): R {
  const [first, ...others] = allOf<R>(result, profile);
  if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} resources are ${profile}`);
  return first;
}

export const allOf = <R extends Resource>(result: Desired, profile: string): R[] =>
  result.resources
    .filter(({ resource }) => resource.meta?.profile?.[0]?.endsWith(`/${profile}`))
    .map(({ resource }) => resource as R);

/** `[code, field, held]` of the remarks about one report. */
export const remarksOn = (result: Desired, eventId: string) =>
  result.remarks
    .filter(({ problem }) => problem.place?.eventId === eventId)
    .map(({ problem: { code, place }, held }) => [code, place?.field, held]);

/** What a reader of these remarks reads, and how much it matters. */
export const readOn = (result: Desired, eventId: string): string[] =>
  result.remarks
    .filter(({ problem }) => problem.place?.eventId === eventId)
    .map(({ problem: { severity, message } }) => `${severity}: ${message}`);

/** What a resource says beside labels, identities and patient. */
export function said(resource: Resource): object {
  const {
    meta: _meta,
    identifier: _identifier,
    subject: _subject,
    ...rest
  } = resource as Resource & {
    identifier?: unknown;
    subject?: unknown;
  };
  return rest;
}

/** The label or lot of the Device that a reference names, or the code of the Procedure, or the dose of the infusion. */
export function nameOf(result: Desired, reference: string | undefined): string | undefined {
  const found = result.resources.find(({ identity }) => reference === `urn:uuid:${identity}`)?.resource;
  switch (found?.resourceType) {
    case 'Device':
      return found.serialNumber ?? found.lotNumber;
    case 'Procedure':
      return found.code?.coding?.[0]?.code;
    case 'MedicationAdministration':
      return `${found.dosage?.rateQuantity?.value} ug/d`;
    default:
      return found?.resourceType;
  }
}

const own = (id: string) => `https://w3id.org/itb-fhir/CodeSystem/${id}`;

/** A concept of ours as it is written. */
export const ours = (system: string, code: string, display: string, text = display) => ({
  coding: [{ system: own(system), code, display }],
  text,
});

export const hl7 = (system: string, code: string, display: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code, display }],
  text: display,
});

export const snomed = (code: string, display: string) => ({ system: 'http://snomed.info/sct', code, display });
