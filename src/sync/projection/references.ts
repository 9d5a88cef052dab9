import type { Device, Reference, Resource } from '@medplum/fhirtypes';
import { identityIn, withoutReferences } from '../../fhir/references.ts';
import type { Wanted } from '../tailored.ts';

/** What resources may refer to at one destination. */
export interface Referable {
  /** Identities that are not written there. */
  readonly notThere: ReadonlySet<string>;
  /** Of those, devices: the EHR's own one, or what it is called. */
  readonly devices: ReadonlyMap<string, Reference>;
}

/**
 * Refers to what is there: to the EHR's own Devices; a device that is not there is named in words. What refers to
 * nothing else that is there is left out.
 */
export function withReferencesOf<R extends Resource>(resource: R, { notThere, devices }: Referable): R {
  if (notThere.size === 0) return resource;
  const named = rewritten(resource, (reference) => devices.get(identityIn(reference) ?? ''));
  return withoutReferences(named as R, notThere);
}

/** For devices that are not written: a reference to the EHR's own, else the name without any number of it. */
export function referenceToDevice(
  { identity, resource }: Wanted,
  ownDevices: ReadonlyMap<string, string>,
): Reference | undefined {
  if (resource.resourceType !== 'Device') return undefined;
  const own = ownDevices.get(identity);
  return own ? { reference: own } : { display: displayOf(resource) };
}

function displayOf({ manufacturer, deviceName, modelNumber, type }: Device): string {
  const name = [manufacturer, deviceName?.[0]?.name ?? modelNumber].filter((part) => part).join(' ');
  return name || type?.text || 'device';
}

/** Every Reference replaced by what is given for it; undefined leaves it as it is. */
function rewritten(value: unknown, change: (reference: string) => Reference | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => rewritten(item, change));
  if (typeof value !== 'object' || value === null) return value;
  if ('reference' in value && typeof value.reference === 'string') {
    const { reference, ...rest } = value;
    const given = change(reference);
    return given ? { ...rest, ...given } : value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, rewritten(child, change)]));
}
