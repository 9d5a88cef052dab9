import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { parseEvent } from '../../src/event/parse.ts';
import { loadCodes } from '../../src/fhir/codes.ts';
import { demoKey, keyedIdentities, patientIdentity } from '../../src/fhir/identity.ts';
import { resourceIdentifierSystem } from '../../src/fhir/systems.ts';
import { loadDefinitions } from '../../src/fhir/validate.ts';
import type { MappingContext } from '../../src/mapping/context.ts';
import { type Desired, desired } from '../../src/mapping/desired.ts';
import type { RecordedEvent } from '../../src/therapy/amendments.ts';
import { history } from '../../src/therapy/history.ts';
import { defaultSettings, type TherapySettings } from '../../src/therapy/settings.ts';
import { type Timeline, timeline } from '../../src/therapy/timeline.ts';
import { readTherapyData } from '../../src/therapy-data.ts';

/** A story is a folder: what a site reported, and what has to come of it. */
export const storiesDir = import.meta.dirname;
const projectDir = resolve(storiesDir, '..', '..');
const mappingsDir = join(projectDir, 'mappings');

export const scope = { key: demoKey, tenant: 'default', environment: 'test' };
export const asOf = Temporal.Instant.from('2026-11-01T00:00:00Z');
export const settings: TherapySettings = { ...defaultSettings, ...readTherapyData(mappingsDir) };

export const storyNames: readonly string[] = readdirSync(storiesDir, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

/** The events of a story as reported: duplicates and disorder included. */
export function reportedEvents(name: string): CanonicalEvent[] {
  const lines = readFileSync(join(storiesDir, name, 'events.ndjson'), 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => eventOf(JSON.parse(line)));
}

/** A canonical event, checked: a test that writes a wrong one fails at once. */
export function eventOf(input: unknown): CanonicalEvent {
  const parsed = parseEvent(input);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.event;
}

/** What the ledger keeps: one record for each source event id, under the patient whom it names. */
export function recordedOf(events: readonly CanonicalEvent[], receivedAt = asOf): RecordedEvent[] {
  const first = new Map<string, CanonicalEvent>();
  for (const event of events) {
    const key = JSON.stringify([event.source.system, event.source.eventId]);
    if (!first.has(key)) first.set(key, event);
  }
  return [...first.values()].map((event) => ({ patientId: patientOf(event), event, receivedAt }));
}

export function patientOf(event: CanonicalEvent): string {
  const stated = (event.type === 'correction' ? event.event.patient : undefined) ?? event.patient;
  return patientIdentity(scope, stated.identifier.system, stated.identifier.value);
}

export const patientsOf = (events: readonly CanonicalEvent[]): string[] => [...new Set(events.map(patientOf))];

export function therapyOf(events: readonly CanonicalEvent[], patientId: string, at = asOf): Timeline {
  return timeline(history(recordedOf(events), patientId, settings), at, settings);
}

let codes: ReturnType<typeof loadCodes> | undefined;

export function mappingContext(patientId: string): MappingContext {
  if (!codes) {
    loadDefinitions(join(projectDir, 'profiles'));
    codes = loadCodes(mappingsDir);
  }
  return {
    patientId,
    identities: keyedIdentities(scope),
    identifierSystem: resourceIdentifierSystem('demo'),
    codes,
    calculatedValues: 'shown',
  };
}

export function desiredOf(events: readonly CanonicalEvent[], patientId: string, at = asOf): Desired {
  return desired(therapyOf(events, patientId, at), mappingContext(patientId));
}
