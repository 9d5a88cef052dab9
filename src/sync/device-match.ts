import type { Device } from '@medplum/fhirtypes';
import { inChunks } from '../store/in-chunks.ts';
import type { Db, Trx } from '../store/store.ts';
import type { DestinationCapabilities } from './capability.ts';
import type { Reaction } from './failure.ts';
import type { LinkOwner } from './links.ts';
import { type Asking, pageSize, searchPages } from './look-up.ts';
import type { Wanted } from './tailored.ts';

/**
 * Where a hospital keeps its Devices itself, ours is one of them if UDI or serial number say so. Nothing is written
 * there: what refers to our Device refers to theirs.
 */

/** `Device/<id>` of the destination by the identity of ours. */
export type OwnDevices = ReadonlyMap<string, string>;

export const canSearchDevices = ({ resources }: DestinationCapabilities): boolean => {
  const device = resources.get('Device');
  return device?.interactions.has('search-type') === true && device.searchParameters.has('patient');
};

/** Those of ours of which the patient has exactly one there. One that several could be stays unmatched. */
export async function searchDevices(
  asking: Asking,
  wanted: readonly Wanted[],
  patientServerId: string,
): Promise<OwnDevices | Reaction> {
  const read = await searchPages(
    asking,
    `Device?patient=${encodeURIComponent(patientServerId)}${pageSize(asking, 'Device')}`,
  );
  if ('kind' in read) return read;
  const there = read.resources.filter((resource) => resource.resourceType === 'Device' && resource.id) as Device[];
  return new Map(
    wanted.flatMap(({ identity, resource }): [string, string][] => {
      const same = there.filter((theirs) => isSameDevice(theirs, resource as Device));
      return same.length === 1 ? [[identity, `Device/${same[0]?.id}`]] : [];
    }),
  );
}

/** The same serial number and no other device identifier; or a printed UDI that holds both. */
export function isSameDevice(theirs: Device, ours: Device): boolean {
  const serial = plain(ours.serialNumber);
  if (serial === '') return false;
  const identifiers = deviceIdentifiers(ours);
  if (plain(theirs.serialNumber) === serial) {
    const others = deviceIdentifiers(theirs);
    return identifiers.length === 0 || others.length === 0 || others.some((one) => identifiers.includes(one));
  }
  const printed = (theirs.udiCarrier ?? []).map(({ carrierHRF }) => plain(carrierHRF));
  return printed.some((text) => text.includes(serial) && identifiers.some((one) => text.includes(one)));
}

export async function knownDevices(db: Db, owner: LinkOwner, patientIds: readonly string[]): Promise<OwnDevices> {
  const rows = await db
    .selectFrom('device_match')
    .select(['identity', 'server_id'])
    .where('tenant', '=', owner.tenant)
    .where('destination', '=', owner.destination)
    .where('patient_id', 'in', patientIds)
    .execute();
  return new Map(rows.map((row) => [row.identity, `Device/${row.server_id}`]));
}

export async function rememberDevices(
  trx: Trx,
  owner: LinkOwner,
  patientId: string,
  devices: OwnDevices,
  nowMs: number,
): Promise<void> {
  const rows = [...devices].map(([identity, address]) => ({
    ...owner,
    identity,
    patient_id: patientId,
    server_id: address.slice('Device/'.length),
    matched_at: nowMs,
  }));
  await inChunks(rows, (chunk) =>
    trx
      .insertInto('device_match')
      .values([...chunk])
      .onConflict((conflict) =>
        conflict.columns(['identity', 'tenant', 'destination']).doUpdateSet((set) => ({
          patient_id: set.ref('excluded.patient_id'),
          server_id: set.ref('excluded.server_id'),
          matched_at: set.ref('excluded.matched_at'),
        })),
      )
      .execute(),
  );
}

const deviceIdentifiers = ({ udiCarrier = [] }: Device): string[] =>
  udiCarrier.flatMap(({ deviceIdentifier }) => (deviceIdentifier ? [plain(deviceIdentifier)] : []));

/** Labels are typed in by hand, with blanks and in either case. */
const plain = (text: string | undefined): string => (text ?? '').replaceAll(/\s/g, '').toUpperCase();
