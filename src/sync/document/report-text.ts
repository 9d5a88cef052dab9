import type { Device, Provenance, Resource } from '@medplum/fhirtypes';
import type { EventReport, Wanted } from '../tailored.ts';
import { deviceName, resourceLines } from './resource-lines.ts';
import { type DeviceNames, timeInWords, valueInWords } from './value-in-words.ts';
import { wrapped } from './wrapped.ts';

/** What one event made, what it changed of what was there, and the devices of the patient. */
export interface Told {
  readonly made: readonly Wanted[];
  readonly changed: readonly Wanted[];
  readonly devices: DeviceNames;
}

const width = 100;

/** `Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00`. */
export const titleOf = ({ kind, occurredAt }: EventReport): string =>
  `Intrathecal baclofen pump: ${kind.replaceAll('-', ' ')}, ${timeInWords(occurredAt)}`;

/**
 * One event as a page that a clinician reads: the same text for the same event, whatever comes after it. What later
 * events end is told in their own reports. Lines of at most 100 characters, parted by LF.
 */
export function reportText(report: EventReport, { made, changed, devices }: Told): string {
  return pageOf([
    [titleOf(report)],
    [`Recorded: ${timeInWords(report.recordedAt)}`, ...sources(made, devices), ...heldLine(report)],
    ...made.flatMap((item) => (isOrigin(item) ? [] : [resourceLines(asMade(item), devices)])),
    ...(changed.length > 0 ? [['This event changed what was reported before:']] : []),
    ...changed.map((item) => resourceLines(asChanged(item.resource), devices)),
    closing,
  ]);
}

/** What stands in a chart that cannot be changed there, and what is known now. */
export function correctionText(there: Resource, now: Resource | undefined, devices: DeviceNames): string {
  const isThere = ['In this chart stands:', ...indented(resourceLines(there, devices))];
  const verdict = now ? ['It is reported now as:', ...indented(resourceLines(now, devices))] : [enteredInError];
  return pageOf([[correctionTitle], isThere, verdict, closing]);
}

/** What says of a whole document that it never applied. */
export const withdrawalText = (title: string): string =>
  pageOf([[correctionTitle], [`This replaces: ${title}`], [enteredInError], closing]);

export const correctionTitle = 'Intrathecal baclofen pump: correction of what was written before';

export const enteredInError = 'It was entered in error. Do not use it.';

/** The devices of a patient by identity, for the references to them. */
export const devicesOf = (wanted: readonly Wanted[]): DeviceNames =>
  new Map(
    wanted.flatMap(({ identity, resource }) =>
      resource.resourceType === 'Device' ? [[identity, deviceName(resource as Device)] as const] : [],
    ),
  );

const closing = [
  'Written by the intrathecal baclofen adapter from what was reported to it. What is called calculated ' +
    'was not measured. Check the pump with its programmer.',
  'Not an alarm or monitoring system.',
];

const pageOf = (paragraphs: readonly (readonly string[])[]): string =>
  `${paragraphs.map((lines) => lines.flatMap((line) => wrapped(line, width)).join('\n')).join('\n\n')}\n`;

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const heldLine = ({ held }: EventReport): string[] =>
  held && held.count > 0
    ? [`${held.count} reports held since ${timeInWords(held.since)}: this may be incomplete.`]
    : [];

const isOrigin = ({ resource }: Wanted): boolean => resource.resourceType === 'Provenance';

/** Who reported it, and by which record of the source. */
function sources(made: readonly Wanted[], devices: DeviceNames): string[] {
  const origins = made.filter(isOrigin).map(({ resource }) => resource as Provenance);
  return origins.flatMap(({ agent, entity = [] }) => {
    const [author] = agent;
    const parties = [author?.who, author?.onBehalfOf].map((party) => valueInWords(party, devices));
    return [
      `Reported by: ${parties.filter((party) => party).join(', ')}`,
      ...entity.map(({ what }) => `Record of the source: ${valueInWords(what, devices)}`),
    ];
  });
}

/** Without what later events say of it: whether it still is, until when, and what it is part of. */
function asMade({ resource, group, changedIn }: Wanted): Resource {
  if (!lasting.has(resource.resourceType)) return resource;
  const {
    status: _status,
    statusReason: _reason,
    parent: _parent,
    ...kept
  } = resource as Resource & Record<string, unknown>;
  const isChangedLater = changedIn !== undefined && changedIn !== group;
  return (isChangedLater ? withoutEnd(kept) : kept) as Resource;
}

const lasting = new Set(['Device', 'MedicationAdministration', 'MedicationRequest', 'CarePlan']);

function withoutEnd(resource: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(resource).map(([key, value]) => {
      if (!periods.has(key)) return [key, value];
      const { end: _end, ...period } = value as { end?: string };
      return [key, period];
    }),
  );
}

const periods = new Set(['effectivePeriod', 'period']);

/** What of a resource a later event changes. */
function asChanged(resource: Resource): Resource {
  const kept = Object.entries(resource).filter(([key]) => named.has(key) || changing.has(key) || periods.has(key));
  return Object.fromEntries(kept) as unknown as Resource;
}

/** What a heading is made of. */
const named = new Set([
  'resourceType',
  'code',
  'medicationCodeableConcept',
  'dosage',
  'manufacturer',
  'deviceName',
  'modelNumber',
  'serialNumber',
  'lotNumber',
]);

const changing = new Set(['status', 'statusReason', 'parent']);
