import { isDeepStrictEqual } from 'node:util';
import type { Attachment, Device, DocumentReference, Resource, ResourceType } from '@medplum/fhirtypes';
import { deviceName, headingOf, resourceLines } from '../sync/document/resource-lines.ts';
import { type DeviceNames, timeInWords } from '../sync/document/value-in-words.ts';
import { linkOfOperation, type Operation, resourceOf } from '../sync/plan.ts';
import type { Wanted } from '../sync/tailored.ts';

/** What one operation changes at a destination, for a human who knows the therapy. Names no serial number. */
export interface ChangeInWords {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly resourceType: ResourceType;
  /** `Observation: Programmed daily dose`. */
  readonly what: string;
  /** When it happened, as it is stated; absent: it has no time. */
  readonly when?: string | undefined;
  /** What says something else: `Value: 210 ug/d → 240 ug/d`. Only of what is changed. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  /** `Value`. */
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

export function changeInWords(operation: Operation, devices: DeviceNames): ChangeInWords {
  const [link] = linkOfOperation(operation);
  const resource = resourceOf(operation);
  const isChanged = operation.kind === 'update' && link !== undefined;
  return {
    kind: kindOf[operation.kind],
    resourceType: resource.resourceType,
    what: nameOf(resource),
    when: whenOf(resource),
    differences: isChanged ? differencesBetween(link.content, resource, devices) : [],
  };
}

const kindOf = { create: 'added', update: 'changed', void: 'removed' } as const;

/** For references: manufacturer, name and model of each device. */
export function deviceNames(wanted: readonly Wanted[]): DeviceNames {
  const devices = wanted.flatMap(({ identity, resource }) =>
    resource.resourceType === 'Device' ? [[identity, anonymous(resource)] as const] : [],
  );
  return new Map(devices.map(([identity, device]) => [identity, deviceName(device)]));
}

function anonymous({ serialNumber: _serial, lotNumber: _lot, ...device }: Device): Device {
  return device;
}

function nameOf(resource: Resource): string {
  switch (resource.resourceType) {
    case 'Device':
      return headingOf(anonymous(resource));
    case 'Binary':
      return 'Message to the interface engine';
    case 'DocumentReference':
      return `Document: ${resource.description ?? 'report'}`;
    case 'Task':
      return `Worklist: ${resource.description ?? 'entry'}`;
    default:
      return headingOf(resource);
  }
}

function whenOf(resource: Resource): string | undefined {
  const stated = resource as unknown as Readonly<Record<string, unknown>>;
  const found = times.map((name) => stated[name]).find((value) => value !== undefined);
  const text = typeof found === 'object' && found !== null && 'start' in found ? found.start : found;
  return typeof text === 'string' ? timeInWords(text) : undefined;
}

const times = [
  ...['effectiveDateTime', 'effectivePeriod', 'performedDateTime', 'performedPeriod', 'occurrenceDateTime'],
  ...['occurredDateTime', 'authoredOn', 'date', 'onsetDateTime', 'period'],
];

function differencesBetween(before: Resource, after: Resource, devices: DeviceNames): Difference[] {
  const [old, now] = [linesOf(before, devices), linesOf(after, devices)];
  const told = pairs(beyond(old, now), beyond(now, old));
  return told.length > 0 ? told : [codesAlone(before, after)];
}

/** A document and a message are compared by what they say, line by line. */
function linesOf(resource: Resource, devices: DeviceNames): readonly string[] {
  if (resource.resourceType === 'DocumentReference') return textLines(textOf(resource));
  if (resource.resourceType === 'Binary') return textLines(resource);
  const [, ...lines] = resourceLines(resource, devices);
  return lines.map((line) => line.trim());
}

const textOf = ({ content }: DocumentReference): Attachment | undefined =>
  content.find(({ attachment }) => attachment.contentType?.startsWith('text/plain'))?.attachment;

const textLines = (holder: { readonly data?: string } | undefined): string[] =>
  Buffer.from(holder?.data ?? '', 'base64')
    .toString('utf8')
    .split(/[\r\n]+/)
    .map((line) => line.trim());

/** Lines of one that the other does not have, each as often as it has it more. */
function beyond(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** What was and what is under the same label stand beside each other. */
function pairs(gone: readonly string[], come: readonly string[]): Difference[] {
  const before = Map.groupBy(gone, labelOf);
  const after = Map.groupBy(come, labelOf);
  return [...new Set([...before.keys(), ...after.keys()])].map((label) => ({
    label,
    from: valuesOf(before.get(label)),
    to: valuesOf(after.get(label)),
  }));
}

const labelOf = (line: string): string => line.split(/: |\|/, 1)[0] ?? line;

const valuesOf = (lines: readonly string[] | undefined): string =>
  lines?.map((line) => line.slice(labelOf(line).length).replace(/^: /, '') || 'said').join('; ') ?? 'nothing';

/** What no line tells: codes behind the same words, else labels and identifiers. */
function codesAlone(before: Resource, after: Resource): Difference {
  const [old, now] = [codesIn(before), codesIn(after)];
  const [gone, come] = [beyond(old, now), beyond(now, old)];
  if (gone.length + come.length > 0) return { label: 'Codes', from: listed(gone), to: listed(come) };
  const [was, is] = [before, after] as unknown as [Record<string, unknown>, Record<string, unknown>];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => key !== 'id');
  const differing = keys.filter((key) => !isDeepStrictEqual(was[key], is[key]));
  return { label: differing.join(', ') || 'All of it', from: 'as it was', to: 'written again' };
}

const listed = (codes: readonly string[]): string => [...new Set(codes)].join(', ') || 'none';

/** Every code in a resource, with the last part of its system: `sct 387544009`. */
function codesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(codesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { system, code } = value as Readonly<Record<string, unknown>>;
  const own = typeof system === 'string' && typeof code === 'string' ? [`${system.split(/[/:]/).at(-1)} ${code}`] : [];
  return [...own, ...Object.values(value).flatMap(codesIn)];
}
