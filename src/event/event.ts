import { z } from 'zod';
import { clinicalKinds } from './clinical.ts';
import { correction } from './correction.ts';
import { merge } from './merge.ts';
import { unmerge } from './unmerge.ts';
import { voidEvent } from './void.ts';

/** The canonical event: what every input becomes, discriminated by `type`. A public contract: extended, never renamed. */

export const eventKinds = [...clinicalKinds, correction, voidEvent, merge, unmerge] as const;

const options = eventKinds.map((kind) => kind.schema) as unknown as EventOptions;
type EventOptions = [(typeof eventKinds)[number]['schema'], ...(typeof eventKinds)[number]['schema'][]];

export const canonicalEvent = z.discriminatedUnion('type', options);

export type CanonicalEvent = z.infer<(typeof eventKinds)[number]['schema']>;
export type EventType = CanonicalEvent['type'];

/** An event of one type: `EventOf<'refill'>`. */
export type EventOf<Type extends EventType> = Extract<CanonicalEvent, { type: Type }>;

/** What happened, whether reported at once or restated by a correction. */
export type ClinicalEvent = z.infer<(typeof clinicalKinds)[number]['restated']>;
export type ClinicalType = ClinicalEvent['type'];
export type ClinicalEventOf<Type extends ClinicalType> = Extract<ClinicalEvent, { type: Type }>;

export const eventTypes: readonly EventType[] = eventKinds.map((kind) => kind.type);
