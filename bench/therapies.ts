import { join } from 'node:path';
import type { CanonicalEvent } from '../src/event/event.ts';
import { loadCodes } from '../src/fhir/codes.ts';
import { demoKey, keyedIdentities, patientIdentity } from '../src/fhir/identity.ts';
import { resourceIdentifierSystem } from '../src/fhir/systems.ts';
import { loadDefinitions } from '../src/fhir/validate.ts';
import { type Desired, desired } from '../src/mapping/desired.ts';
import type { RecordedEvent } from '../src/therapy/amendments.ts';
import { history } from '../src/therapy/history.ts';
import { defaultSettings } from '../src/therapy/settings.ts';
import { timeline } from '../src/therapy/timeline.ts';
import { readTherapyData } from '../src/therapy-data.ts';
import { patientSystem, readAll, type Story } from './stories.ts';

/** The pure part of the pipeline, event to resource, without a store. */

const root = join(import.meta.dirname, '..');
const scope = { key: demoKey, tenant: 'default', environment: 'test' };
const asOf = Temporal.Instant.from('2026-01-01T00:00:00Z');

export interface Recorded {
  readonly patientId: string;
  readonly events: readonly RecordedEvent[];
}

export function recordedOf(story: Story): Recorded {
  const events = readAll(story).map(
    (item): RecordedEvent => ({ patientId: patientOf(item.event), event: item.event, receivedAt: asOf }),
  );
  return { patientId: events[0]?.patientId ?? '', events };
}

const patientOf = (event: CanonicalEvent): string =>
  patientIdentity(scope, patientSystem, event.patient.identifier.value);

/** Loads definitions, codes and models once; the function it returns maps one patient from the beginning. */
export function mapper(): (recorded: Recorded) => Desired {
  loadDefinitions(join(root, 'profiles'));
  const mappingsDir = join(root, 'mappings');
  const codes = loadCodes(mappingsDir, { packs: ['snomed'] });
  const settings = { ...defaultSettings, ...readTherapyData(mappingsDir) };
  const identifierSystem = resourceIdentifierSystem('bench');
  return ({ patientId, events }) =>
    desired(timeline(history(events, patientId, settings), asOf, settings), {
      patientId,
      identities: keyedIdentities(scope),
      identifierSystem,
      codes,
      calculatedValues: 'shown',
    });
}
