import type { Resource } from '@medplum/fhirtypes';
import { type Dialect, plain } from './dialects.ts';

/** What a server does that its statement does not say. */
export interface Quirks {
  readonly dialect: Dialect;
  /** What a create answers: 201 with the resource, 201 with its Location alone, or 202 and nothing (queued). */
  readonly created: 'resource' | 'location' | 'queued';
  /** `required`: an update without it is refused. `ignored`: the last writer wins. */
  readonly ifMatch: 'required' | 'supported' | 'ignored';
  /** A search parameter that the statement lacks: refused, or left out of the search with a warning beside the matches. */
  readonly unknownParameter: 'refused' | 'ignored';
  /** Searches of anything but patients have to name the patient. */
  readonly searchNeedsPatient: boolean;
  /** Requests that a search lags behind: it does not see what was written since. */
  readonly searchLag: number;
  readonly pageSize: number;
  /** A search finds no more than so many, with a warning. */
  readonly resultCap: number;
  /** The last resource of a page comes again on the next. */
  readonly repeatsAcrossPages: boolean;
  /** Searches also answer an OperationOutcome beside the matches. */
  readonly tellsOutcomes: boolean;
  /** Why the content of a resource is not taken. */
  readonly refuses: (resource: Resource) => 'element-not-taken' | 'coding-not-taken' | undefined;
  /** A create that says what another resource there says already is refused. */
  readonly refusesDuplicates: boolean;
}

export const noQuirks: Quirks = {
  dialect: plain,
  created: 'resource',
  ifMatch: 'supported',
  unknownParameter: 'refused',
  searchNeedsPatient: false,
  searchLag: 0,
  pageSize: 50,
  resultCap: Number.POSITIVE_INFINITY,
  repeatsAcrossPages: false,
  tellsOutcomes: false,
  refuses: () => undefined,
  refusesDuplicates: false,
};

/** Elements that Oracle Health says it refuses wherever they stand, and standard beside proprietary codes in one concept. */
export function refusedByOracle(resource: Resource): 'element-not-taken' | 'coding-not-taken' | undefined {
  let found: 'element-not-taken' | 'coding-not-taken' | undefined;
  visit(resource, (key, value) => {
    if (key === 'modifierExtension' || key === 'implicitRules') found ??= 'element-not-taken';
    if (key === 'coding' && isMixed(value)) found ??= 'coding-not-taken';
  });
  return found;
}

const standard =
  /^http:\/\/(loinc\.org|snomed\.info\/sct|unitsofmeasure\.org|www\.nlm\.nih\.gov|hl7\.org|terminology\.hl7\.org)/;

function isMixed(coding: unknown): boolean {
  const systems = (Array.isArray(coding) ? coding : []).map(({ system }: { system?: string }) => system ?? '');
  return systems.some((system) => standard.test(system)) && systems.some((system) => !standard.test(system));
}

function visit(value: unknown, seen: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    seen(key, child);
    visit(child, seen);
  }
}
