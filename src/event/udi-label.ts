import type { ProblemCode } from './problem.ts';
import { readUdi, type Udi } from './udi.ts';

/** What a device label says of itself, of a pump as of a catheter. */
export interface UdiLabel {
  readonly udi?: string | undefined;
  readonly udiAidc?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly lotNumber?: string | undefined;
  readonly manufactureDate?: string | undefined;
  readonly expirationDate?: string | undefined;
}

/** A field of a label that its UDI makes doubtful. The message says which rule is broken, never what was written. */
export interface LabelDoubt {
  readonly field: keyof UdiLabel;
  readonly code: ProblemCode;
  readonly message: string;
}

/** What the UDI of a label states: the printed text first, completed by what a scanner read. */
export function statedByUdi(label: UdiLabel): Udi | undefined {
  const printed = udiIn(label, 'udi');
  const scanned = udiIn(label, 'udiAidc');
  return printed || scanned ? ({ ...scanned, ...printed } as Udi) : undefined;
}

/** Every field that a UDI contradicts, and every UDI that cannot be read although it begins like one. */
export function labelDoubts(label: UdiLabel): LabelDoubt[] {
  return [
    ...carriers.flatMap((carrier) => [...unreadable(label, carrier), ...contradicted(label, carrier)]),
    ...contradictedByScan(label),
  ];
}

const carriers = ['udi', 'udiAidc'] as const;
type Carrier = (typeof carriers)[number];

const compared = {
  serialNumber: 'serial number',
  lotNumber: 'lot number',
  manufactureDate: 'date of manufacture',
  expirationDate: 'expiry date',
} as const;

const comparedFields = Object.keys(compared) as (keyof typeof compared)[];

function unreadable(label: UdiLabel, carrier: Carrier): LabelDoubt[] {
  const read = readIn(label, carrier);
  if (!read || !('unreadable' in read)) return [];
  return [{ field: carrier, code: 'udi-unreadable', message: `the UDI cannot be read: ${read.unreadable}` }];
}

function contradicted(label: UdiLabel, carrier: Carrier): LabelDoubt[] {
  const udi = udiIn(label, carrier);
  return comparedFields
    .filter((field) => differ(field, udi?.[field], label[field]))
    .map((field) => ({
      field,
      code: 'udi-contradicts-label',
      message: `the ${carrier === 'udi' ? 'UDI' : 'scanned UDI'} states another ${compared[field]}`,
    }));
}

/** The printed and the scanned UDI of one device say the same. */
function contradictedByScan(label: UdiLabel): LabelDoubt[] {
  const [printed, scanned] = [udiIn(label, 'udi'), udiIn(label, 'udiAidc')];
  const sameDevice = !printed || !scanned || printed.deviceIdentifier === scanned.deviceIdentifier;
  if (sameDevice && !comparedFields.some((field) => differ(field, printed?.[field], scanned?.[field]))) return [];
  return [{ field: 'udiAidc', code: 'udi-contradicts-label', message: 'the scanned UDI is not the printed one' }];
}

/** Names differ whatever their case; of two dates the shorter one stands for every day in it. */
function differ(field: keyof typeof compared, one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (field === 'serialNumber' || field === 'lotNumber') return one.trim().toUpperCase() !== other.trim().toUpperCase();
  return !one.startsWith(other) && !other.startsWith(one);
}

function udiIn(label: UdiLabel, carrier: Carrier): Udi | undefined {
  const read = readIn(label, carrier);
  return read && 'udi' in read ? read.udi : undefined;
}

function readIn(label: UdiLabel, carrier: Carrier) {
  const text = label[carrier];
  return text === undefined ? undefined : readUdi(text, { year: yearOf(label) });
}

/** With no year on the label, the window of two digits lies around 2020: 1971 to 2070 holds every implanted pump. */
const yearOfReference = 2020;

function yearOf({ manufactureDate, expirationDate }: UdiLabel): number {
  const year = /^\d{4}/.exec(manufactureDate ?? expirationDate ?? '')?.[0];
  return year ? Number(year) : yearOfReference;
}
