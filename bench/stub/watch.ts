import type { BundleEntry, Resource } from '@medplum/fhirtypes';

/**
 * What a hospital would notice about our writing: two requests for one patient at a time, two open infusions of one
 * patient, one identity twice, a reference to nothing.
 */
export class Watch {
  readonly #busy = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #openInfusions = new Map<string, Set<string>>();
  readonly counts = {
    overlaps: 0,
    opensBeforeClose: 0,
    twice: 0,
    danglingReferences: 0,
    unexpected: 0,
  };

  /** The patient's request begins; what it returns ends it. */
  enter(patient: string | undefined): () => void {
    if (patient === undefined) return () => undefined;
    if (this.#busy.has(patient)) this.counts.overlaps++;
    this.#busy.add(patient);
    return () => this.#busy.delete(patient);
  }

  written(id: string, resource: Resource): void {
    if (resource.resourceType !== 'MedicationAdministration') return;
    const patient = resource.subject?.reference ?? '';
    const open = this.#openInfusions.get(patient) ?? new Set();
    this.#openInfusions.set(patient, open);
    this.#touched.add(patient);
    if (resource.status === 'in-progress') open.add(id);
    else open.delete(id);
  }

  /** A transaction is applied whole: only between requests could anybody see two infusions of a patient run. */
  requestApplied(): void {
    for (const patient of this.#touched) {
      if ((this.#openInfusions.get(patient)?.size ?? 0) > 1) this.counts.opensBeforeClose++;
    }
    this.#touched.clear();
  }

  references(entries: readonly BundleEntry[], isKnown: (reference: string) => boolean): void {
    const inside = new Set(entries.map((entry) => entry.fullUrl));
    for (const reference of referencesIn(entries)) {
      if (reference.startsWith('Patient/') || inside.has(reference) || isKnown(reference)) continue;
      this.counts.danglingReferences++;
    }
  }
}

/** The patient that a body is about, by the first reference to one. */
export const patientIn = (body: string): string | undefined => /"reference":"(Patient\/[^"]+)"/.exec(body)?.[1];

const referencesIn = (entries: readonly BundleEntry[]): string[] =>
  [...JSON.stringify(entries).matchAll(/"reference":"([^"]+)"/g)].map((match) => match[1] as string);
