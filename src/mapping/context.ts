import type { Codes } from '../fhir/codes.ts';
import type { Identities } from '../fhir/identity.ts';
import type { Entry } from '../therapy/history.ts';
import { isExact } from '../therapy/when.ts';

/** What builders need beside the timeline. All of it is data; mapping does no I/O and reads no clock. */
export interface MappingContext {
  readonly patientId: string;
  readonly identities: Identities;
  /** The identifier system of this deployment: what carries it is ours. */
  readonly identifierSystem: string;
  readonly codes: Codes;
  /** Whether values that we calculate may be shown beside what was reported (a clinical owner decides per tenant). */
  readonly calculatedValues: 'shown' | 'withheld';
  /** What is written beyond what was reported, because a site asks for it. Default: nothing. */
  readonly emit?: Emit | undefined;
}

/** Lists that clinicians keep: the adapter writes to one only where the configuration names it. */
export interface Emit {
  readonly condition?: boolean | undefined;
  readonly flag?: boolean | undefined;
  readonly allergy?: boolean | undefined;
}

/** The permanent list of roles that an event's resources may have. A role is never renamed: identities hang on it. */
export type Role =
  | 'procedure'
  | 'infusion'
  | 'bridge'
  | 'bolus'
  | 'priming'
  | 'fill'
  | 'medication'
  | 'regimen'
  | 'pump-status'
  | 'daily-dose'
  | 'complication'
  | 'assessment'
  | 'catheter'
  | 'removed-catheter'
  | 'alarm'
  | 'volume-discrepancy'
  | 'bolus-count'
  | 'adverse-event'
  | 'condition'
  | 'flag'
  | 'screening'
  | 'screening-response'
  | 'rescue-medication'
  | 'imaging'
  | 'care-plan'
  | 'course'
  | 'baseline'
  | 'allergy'
  | 'report'
  | 'provenance';

export function eventIdentity(context: MappingContext, entry: Entry, role: Role): string {
  const { system, rootEventId, part } = entry.source;
  const name = ['event', system, rootEventId, role, entry.reattributions, ...(part ? [part] : [])];
  return context.identities.identify(JSON.stringify(name));
}

/** Of one report rather than of the event: a correction has a Provenance of its own. */
export function reportIdentity(context: MappingContext, entry: Entry, role: Role): string {
  const { system, reportEventId } = entry.source;
  return context.identities.identify(JSON.stringify(['event', system, reportEventId, role, entry.reattributions]));
}

/** A device keeps one identity for ever; moved to another patient by a correction, it gets the next one there. */
export function pumpIdentity(
  context: MappingContext,
  manufacturer: string,
  serialNumber: string,
  moves: number,
): string {
  const norm = (text: string) => text.trim().toUpperCase();
  return context.identities.identify(JSON.stringify(['device', norm(manufacturer), norm(serialNumber), moves]));
}

/**
 * An alarm is what the pump says of itself: the same one however often, and by whomever, it was reported. `part` of the
 * entry does not count; a report that a correction moved to this patient does.
 */
export function alarmIdentity(context: MappingContext, pump: string, code: string, entry: Entry): string {
  const at = isExact(entry.when) ? entry.when.earliest.toString() : entry.when.text;
  return context.identities.identify(JSON.stringify(['alarm', pump, code, at, entry.reattributions]));
}
