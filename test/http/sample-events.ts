import { eventExamples } from '../../src/event/json-schema.ts';

export const mrnSystem = 'urn:oid:2.16.840.1.113883.19.5';
export const sourceSystem = 'urn:oid:2.16.840.1.113883.19.5.1';

export type SampleEvent = Record<string, unknown> & { source: { system: string; eventId: string } };

/** The documented example of a refill under an id of its own. */
export function refill(eventId: string, over: Record<string, unknown> = {}): SampleEvent {
  const found = eventExamples().find(({ type }) => type === 'refill')?.example;
  return { ...structuredClone(found), source: { system: sourceSystem, eventId }, ...over } as SampleEvent;
}

export const ndjson = (events: readonly unknown[]): string => events.map((event) => JSON.stringify(event)).join('\n');
