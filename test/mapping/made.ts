import type { MedicationAdministration, MedicationRequest, Procedure, Resource } from '@medplum/fhirtypes';
import type { CanonicalEvent } from '../../src/event/event.ts';
import { loadCodes } from '../../src/fhir/codes.ts';
import { profile } from '../../src/fhir/systems.ts';
import type { MappingContext } from '../../src/mapping/context.ts';
import { type Desired, desired } from '../../src/mapping/desired.ts';
import { history } from '../../src/therapy/history.ts';
import type { TherapySettings } from '../../src/therapy/settings.ts';
import { type Timeline, timeline } from '../../src/therapy/timeline.ts';
import { asOf, mappingContext, patientOf, recordedOf, settings } from '../stories/story.ts';

/** Short ways to ask what FHIR came of some reports about one patient. */

export interface Made {
  readonly therapy: Timeline;
  readonly context: MappingContext;
  readonly result: Desired;
  /** The resources of a profile of ours, in order. */
  of<R extends Resource>(name: keyof typeof profile): R[];
  /** The resource of a profile that a report made. */
  by<R extends Resource>(name: keyof typeof profile, reportEventId: string): R;
  /** What a human is told, as `[code, held, field]`. */
  readonly told: readonly (readonly [string, boolean, string | undefined])[];
}

export function made(
  events: readonly CanonicalEvent[],
  { at = asOf, ...options }: { at?: Temporal.Instant; settings?: Partial<TherapySettings>; packs?: string[] } = {},
): Made {
  const patientId = patientOf(events[0] as CanonicalEvent);
  const used = { ...settings, ...options.settings };
  const therapy = timeline(history(recordedOf(events), patientId, used), at, used);
  const context = { ...mappingContext(patientId), ...(options.packs && { codes: codesWith(options.packs) }) };
  const result = desired(therapy, context);
  const claims = (name: keyof typeof profile) =>
    result.resources.filter(({ resource }) => resource.meta?.profile?.[0] === profile[name]);
  return {
    therapy,
    context,
    result,
    of: <R extends Resource>(name: keyof typeof profile) => claims(name).map(({ resource }) => resource as R),
    by: <R extends Resource>(name: keyof typeof profile, id: string) => {
      const found = claims(name).filter(({ entry }) => entry.source.reportEventId === id);
      if (found.length !== 1) throw new Error(`${found.length} resources of ${name} come of ${id}`);
      return found[0]?.resource as R;
    },
    told: result.remarks.map(({ problem, held }) => [problem.code, held, problem.place?.field]),
  };
}

const codesWith = (packs: string[]) => loadCodes(`${import.meta.dirname}/../../mappings`, { packs });

export const codesOf = (concept: { coding?: { code?: string }[] } | undefined): (string | undefined)[] =>
  (concept?.coding ?? []).map(({ code }) => code);

export const procedureBy = ({ by }: Made, id: string): Procedure => by<Procedure>('procedure', id);
export const regimenBy = ({ by }: Made, id: string): MedicationRequest => by<MedicationRequest>('regimen', id);
export const infusionBy = ({ by }: Made, id: string): MedicationAdministration =>
  by<MedicationAdministration>('infusion', id);

/** The identity of the only resource of a profile that a report made, as others refer to it. */
export function referenceTo({ result }: Made, name: keyof typeof profile, id: string): string {
  const found = result.resources.find(
    ({ resource, entry }) => resource.meta?.profile?.[0] === profile[name] && entry.source.reportEventId === id,
  );
  return `urn:uuid:${found?.identity}`;
}
