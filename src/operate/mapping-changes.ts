import type { ResourceType } from '@medplum/fhirtypes';
import type { App } from '../app.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import { patientsOf } from '../ledger/patients.ts';
import { type ChangeInWords, changeInWords, deviceNames } from './changes-in-words.ts';
import { type KnownThere, knownThere, type Planned, plannedAt } from './planned.ts';

/** What the present mapping would change of what was already sent to one destination. */
export interface MappingChanges {
  readonly patients: number;
  readonly events: number;
  /** Patients of whom something would change. */
  readonly patientsChanged: number;
  readonly byType: ReadonlyMap<ResourceType, KindCounts>;
  /** Changes of the same words, most frequent first, with one example of each. */
  readonly groups: readonly ChangeGroup[];
  /** How many of what stands there each mapping wrote, by its fingerprint. */
  readonly writtenBy: ReadonlyMap<string, number>;
}

export interface KindCounts {
  same: number;
  changed: number;
  added: number;
  removed: number;
}

export interface ChangeGroup {
  readonly kind: ChangeInWords['kind'];
  readonly what: string;
  /** What says something else, by label. */
  readonly labels: string;
  readonly count: number;
  readonly example: ChangeInWords;
}

/**
 * Computes every therapy anew, patient by patient, and compares it with the links. Sends and changes nothing. Undefined:
 * nothing was ever sent there. `found` is told each change; `progress` each patient.
 */
export async function mappingChanges(
  app: App,
  runtime: DestinationRuntime,
  { found = () => {}, progress = () => {} }: Listeners = {},
): Promise<MappingChanges | undefined> {
  const known = await knownThere(app, runtime);
  return known && (await compared(app, runtime, known, { found, progress }));
}

export interface Listeners {
  readonly found?: (patientId: string, change: ChangeInWords) => void;
  readonly progress?: (events: number) => void;
}

async function compared(
  app: App,
  runtime: DestinationRuntime,
  known: KnownThere,
  { found, progress }: Required<Listeners>,
): Promise<MappingChanges> {
  const tally = new Tally();
  const { tenant, environment } = runtime.destination;
  for await (const patient of patientsOf(app.store.db, tenant, environment)) {
    const planned = await plannedAt(app, runtime, known, patient);
    progress(planned.events);
    // What was never sent there is no matter of the mapping.
    if (planned.links.size === 0) continue;
    for (const change of tally.count(planned)) found(patient.patientId, change);
  }
  return tally.result();
}

class Tally {
  #patients = 0;
  #events = 0;
  #patientsChanged = 0;
  readonly #byType = new Map<ResourceType, KindCounts>();
  readonly #groups = new Map<string, { count: number; example: ChangeInWords }>();
  readonly #writtenBy = new Map<string, number>();

  count({ plan, links, wanted, events }: Planned): readonly ChangeInWords[] {
    const devices = deviceNames(wanted);
    const changes = plan.flat().map((operation) => changeInWords(operation, devices));
    const touched = new Set(plan.flat().map(({ identity }) => identity));
    this.#patients++;
    this.#events += events;
    if (changes.length > 0) this.#patientsChanged++;
    for (const { identity, resourceType, mappingVersion = '' } of links.values()) {
      this.#writtenBy.set(mappingVersion, (this.#writtenBy.get(mappingVersion) ?? 0) + 1);
      if (!touched.has(identity)) this.#ofType(resourceType).same++;
    }
    for (const change of changes) this.#add(change);
    return changes;
  }

  result(): MappingChanges {
    const groups = [...this.#groups.values()].toSorted((a, b) => b.count - a.count);
    return {
      ...{ patients: this.#patients, events: this.#events, patientsChanged: this.#patientsChanged },
      byType: new Map([...this.#byType].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      groups: groups.map(({ count, example }) => ({
        ...{ kind: example.kind, what: example.what, labels: labelsOf(example), count, example },
      })),
      writtenBy: this.#writtenBy,
    };
  }

  #ofType(type: ResourceType): KindCounts {
    const counts = this.#byType.get(type) ?? { same: 0, changed: 0, added: 0, removed: 0 };
    this.#byType.set(type, counts);
    return counts;
  }

  #add(change: ChangeInWords): void {
    this.#ofType(change.resourceType)[change.kind]++;
    const key = JSON.stringify([change.kind, change.what, labelsOf(change)]);
    const group = this.#groups.get(key);
    if (group) group.count++;
    else this.#groups.set(key, { count: 1, example: change });
  }
}

const labelsOf = ({ differences }: ChangeInWords): string => differences.map(({ label }) => label).join(', ');
