import { join } from 'node:path';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { eventKinds } from '../../src/event/event.ts';
import { exampleEnvelope } from '../../src/event/kind.ts';
import { loadCodes } from '../../src/fhir/codes.ts';
import { type Desired, desired, withDeviceUse } from '../../src/mapping/desired.ts';
import { eventOf, mappingContext, patientOf, therapyOf } from '../stories/story.ts';
import { type Field, pathOf, type Stated } from './table.ts';

/** Whole histories in which one report states one field. */

type Draft = Record<string, unknown>;

export const told = 'THE-REPORT';

/** A site that holds every licence and asks for every list. */
const codes = loadCodes(join(import.meta.dirname, '..', '..', 'mappings'), { packs: ['snomed'] });

/** One report of the kind that states the value, after the implantation that it needs. */
export function reporting(row: Stated, kind: string, value: unknown): CanonicalEvent[] {
  const report = stating(row, kind, value);
  return [...before(row, kind), report].map((event) => eventOf(alike(event, report)));
}

/** The report states the first value, and a correction of it the second. */
export function correcting(row: Field, kind: string): CanonicalEvent[] {
  const { schemaVersion, source, recordedAt, test, ...event } = stating(row, kind, row.values[1]);
  const correction = draftOf('correction', { replaces: told }, 'THE-CORRECTION');
  return [...reporting(row, kind, row.values[0]), eventOf({ ...correction, event })];
}

/** What of the envelope belongs to the report and not to what happened cannot be restated. */
export const canBeRestated = (row: Stated): boolean =>
  !/^(source|recordedAt|test)\b/.test(pathOf(row)) && !row.event.startsWith('correction.');

export function desiredBy(events: readonly CanonicalEvent[]): Desired {
  const patientId = patientOf(events[0] as CanonicalEvent);
  const context = { ...mappingContext(patientId), codes, emit: { condition: true, flag: true, allergy: true } };
  const therapy = therapyOf(events, patientId);
  return withDeviceUse(desired(therapy, context), therapy, context);
}

/** An example of the kind as documented, with the fields given; null takes one away. */
export function draftOf(kind: string, fields: Readonly<Record<string, unknown>>, eventId = told): Draft {
  const { example } = eventKinds.find(({ type }) => type === kind) as (typeof eventKinds)[number];
  const draft: Draft = { ...structuredClone(example), source: { ...exampleEnvelope(kind).source, eventId } };
  for (const [path, value] of Object.entries(fields)) set(draft, path, value ?? undefined);
  return draft;
}

function stating(row: Stated, kind: string, value: unknown): Draft {
  const fields = { ...row.with, [row.at ?? pathOf(row)]: value };
  return kind === 'correction' ? draftOf(kind, { replaces: told, ...fields }, 'THE-CORRECTION') : draftOf(kind, fields);
}

function before({ alone }: Stated, kind: string): Draft[] {
  if (alone || kind === 'implant') return [];
  const implantation = draftOf('implant', { occurredAt: '2024-01-10T08:00:00-05:00' }, 'THE-IMPLANTATION');
  return kind === 'correction' ? [implantation, draftOf('refill', {})] : [implantation];
}

/** Test and live histories never mix, and a correction comes from the system of what it corrects. */
function alike(event: Draft, { test, source }: Draft): Draft {
  const { system } = source as Draft;
  return { ...event, test, source: { ...(event.source as Draft), system } };
}

/** Writes at `a.b[].c`; a list gets one item. undefined takes the field away. */
function set(target: Draft, path: string, value: unknown): void {
  const [head = '', ...rest] = path.split('.');
  const name = head.replace('[]', '');
  if (rest.length === 0) {
    target[name] = head.endsWith('[]') ? [value] : value;
    return;
  }
  const inside = head.endsWith('[]') ? (target[name] as Draft[] | undefined)?.[0] : target[name];
  const below = { ...(inside as Draft | undefined) };
  set(below, rest.join('.'), value);
  target[name] = head.endsWith('[]') ? [below] : below;
}
