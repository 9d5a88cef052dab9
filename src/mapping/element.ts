import type {
  CodeableConcept,
  Coding,
  Extension,
  Identifier,
  Meta,
  Patient,
  Quantity,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import { conceptMap } from '../fhir/codes.ts';
import type { emittedUnits } from '../fhir/emitted-units.ts';
import { referenceTo } from '../fhir/references.ts';
import { extension, external, itb } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import { type Quantity as Decimal, toNumber } from '../therapy/quantity.ts';
import type { When } from '../therapy/when.ts';
import { eventIdentity, type MappingContext, type Role } from './context.ts';

/** The elements that all builders share. */

export function meta(profile: string, entry: Entry): Meta & { tag: Coding[] } {
  return {
    ...reportedIn(entry),
    profile: [profile],
    ...(entry.test && { security: [{ system: external.actReason, code: 'HTEST' }] }),
    tag: [{ system: itb.sync, code: 'itb-adapter' }],
  };
}

/** The labels of what R4 cannot search by an identifier: its keyed identity is a tag. */
export function metaWithIdentity(profile: string, entry: Entry, context: MappingContext, identity: string): Meta {
  const { tag, ...labels } = meta(profile, entry);
  return { ...labels, tag: [...tag, { system: context.identifierSystem, code: identity }] };
}

/**
 * The system of the source, with the event as fragment where its URI may have one; a URN has none. Servers may rewrite
 * it, so it is never compared. The identifiers name the event whatever the system is.
 */
function reportedIn({ source: { system, rootEventId } }: Entry): Pick<Meta, 'source'> {
  if (/^urn:[a-z0-9-]+:[^\s#]+$/i.test(system)) return { source: system };
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s#]+$/i.test(system)) return {};
  return { source: `${system}#${encodeURIComponent(rootEventId.toWellFormed())}` };
}

/** Our keyed identity first; the source's own id beside it, for traceability only. */
export function identifiers(context: MappingContext, identity: string, entry?: Entry): Identifier[] {
  const ours = { system: context.identifierSystem, value: identity };
  if (!entry) return [ours];
  return [ours, { system: entry.source.system, value: entry.source.rootEventId }];
}

/** What every resource of an event begins with: labels, how precise the source's time was, our identity and its id. */
export function ofEvent(context: MappingContext, profile: string, entry: Entry, role: Role) {
  return {
    meta: meta(profile, entry),
    ...precision(entry.when),
    identifier: identifiers(context, eventIdentity(context, entry, role), entry),
  };
}

export function refer<Target extends Resource>(identity: string): Reference<Target> {
  return { reference: referenceTo(identity) };
}

export function subject(context: MappingContext): Reference<Patient> {
  return { reference: `Patient/${context.patientId}` };
}

/** A code of ours with its display, and the standard codes that the packs in use put beside it. */
export function concept(context: MappingContext, system: string, code: string): Concept {
  const own = context.codes.coding(system, code);
  return { coding: [own, ...standardCodings(context, system, code)], text: own.display };
}

type Concept = CodeableConcept & { coding: Coding[] };

/** Standard codes that mean what a code of ours means, from the ConceptMaps. */
export function standardCodings({ codes }: MappingContext, system: string, code: string): Coding[] {
  return standardMaps.flatMap((map) => codes.translate(map, system, code) ?? []);
}

const standardMaps = [conceptMap.itbToSnomed, conceptMap.itbToMdc, conceptMap.itbToLoinc];

export function intrathecal(context: MappingContext): Concept {
  const own = concept(context, itb.administration, 'intrathecal');
  return { ...own, coding: [context.codes.coding(external.routeOfAdministration, 'IT'), ...own.coding] };
}

export function baclofen(context: MappingContext): Concept {
  const own = concept(context, itb.administration, 'baclofen');
  return { ...own, coding: [context.codes.coding(external.unii, 'H789N3FKE8'), ...own.coding] };
}

export type Ucum = (typeof emittedUnits)[number];

export function measured(value: number, unit: Ucum): Quantity {
  return { value, unit, system: external.ucum, code: unit };
}

/** A calculated decimal, rounded for people: volumes to a thousandth of a millilitre. */
export const calculated = (value: Decimal<Ucum>, unit: Ucum): Quantity => measured(toNumber(value, 3), unit);

/** The source's time as a FHIR dateTime: partial dates stay partial, seconds are filled with zeros. */
export function dateTime(when: When): string {
  return when.precision === 'minute' ? when.text.replace(/T(\d{2}:\d{2})/, 'T$1:00') : when.text;
}

/** An instant that we computed, in the offset of the site. */
export function siteDateTime(at: Temporal.Instant, zone: string): string {
  return at.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

/** How precise the source was, beside the filled time. */
export function precision(when: When): { extension?: Extension[] } {
  if (when.precision === 'second') return {};
  return { extension: [{ url: extension.timePrecision, valueCode: when.precision }] };
}
