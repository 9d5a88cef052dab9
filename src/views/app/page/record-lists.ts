import type { Medication, MedicationRequest, Resource } from '@medplum/fhirtypes';
import type { CarePlanNow } from '../../pump-status/care-plan-schema.ts';
import type { Fact } from '../../pump-status/fact-schema.ts';
import { hospitalName, unknown } from './hospital-fact.ts';
import { idOf, isOurs } from './hospital-record.ts';
import { momentInWords } from './moments.ts';
import {
  allergyLine,
  isActiveOrder,
  isActiveTeam,
  isAsNeeded,
  isStandingAllergy,
  medicationLine,
  teamLines,
} from './record-lines.ts';
import { type Found, type RecordAccess, searched } from './record-search.ts';

/** What a care plan may leave open and the hospital’s record may hold. */
export const recordFields = ['prnDrugs', 'allergies', 'currentMedication', 'careTeam'] as const;

export type RecordField = (typeof recordFields)[number];

/** Of each field that the plan leaves open: what the hospital’s record says of it. Never a part of the plan. */
export type RecordLists = Readonly<Partial<Record<RecordField, Fact<readonly string[]>>>>;

/** The fields of which the adapter’s reports say nothing. */
export const leftOpen = (plan: CarePlanNow): RecordField[] =>
  recordFields.filter((field) => plan[field].method === 'unknown');

/**
 * Reads them by the searches that EHRs are known to take. What was not granted or not answered is unknown; only where
 * the record answers with nothing it says that nothing was found. Never rejects. `asOf`: when it is read.
 */
export async function recordLists(
  fields: readonly RecordField[],
  patient: string,
  asOf: string,
  access: RecordAccess,
): Promise<RecordLists> {
  const of = `patient=${encodeURIComponent(patient)}`;
  const wants = (...any: readonly RecordField[]) => any.some((field) => fields.includes(field));
  const [medication, allergies, careTeam] = await Promise.all([
    wants('currentMedication', 'prnDrugs') ? medicationIn(of, asOf, access) : {},
    wants('allergies') ? allergiesIn(of, asOf, access) : undefined,
    wants('careTeam') ? careTeamIn(of, asOf, access) : undefined,
  ]);
  const read: RecordLists = { ...medication, ...(allergies && { allergies }), ...(careTeam && { careTeam }) };
  return Object.fromEntries(fields.map((field) => [field, read[field]]));
}

/**
 * Every active order as current medication; those for when they are needed once more, as what a rescue may use. What the
 * adapter wrote there is no second voice: the pump's programme stands on the page, with the day that it is from.
 */
async function medicationIn(of: string, asOf: string, access: RecordAccess): Promise<RecordLists> {
  const found = await searched('MedicationRequest', `${of}&status=active`, access);
  const orders = found?.resources.filter((order) => isActiveOrder(order) && !isOurs(order)) ?? [];
  const drugs = await drugsOf(orders, access);
  const told = (some: readonly MedicationRequest[]) =>
    listed(
      some.map((order) => medicationLine(order, drugs)),
      found,
      asOf,
    );
  return { currentMedication: told(orders), prnDrugs: told(orders.filter(isAsNeeded)) };
}

/** Of orders that name their drug by a reference alone. */
async function drugsOf(orders: readonly MedicationRequest[], access: RecordAccess): Promise<readonly Medication[]> {
  const unnamed = orders.flatMap(({ medicationReference }) =>
    medicationReference?.display === undefined ? (idOf(medicationReference) ?? []) : [],
  );
  const ids = [...new Set(unnamed)].map((name) => name.replace('Medication/', ''));
  if (ids.length === 0) return [];
  return (await searched('Medication', `_id=${ids.join(',')}`, access))?.resources ?? [];
}

async function allergiesIn(of: string, asOf: string, access: RecordAccess): Promise<Fact<readonly string[]>> {
  const found = await searched('AllergyIntolerance', of, access);
  return listed(found?.resources.filter(isStandingAllergy).map(allergyLine) ?? [], found, asOf);
}

async function careTeamIn(of: string, asOf: string, access: RecordAccess): Promise<Fact<readonly string[]>> {
  const found = await searched('CareTeam', `${of}&status=active`, access);
  const lines = found?.resources.filter(isActiveTeam).flatMap((team) => teamLines(team, asOf)) ?? [];
  return listed(lines, found, asOf);
}

/** What may be missing from a list is said with it; of an empty list that may not be all, nothing is known. */
function listed(lines: readonly string[], found: Found<Resource> | undefined, asOf: string): Fact<readonly string[]> {
  const isNothing = lines.length === 0;
  if (!found || (isNothing && !found.isWhole)) return unknown();
  const stated = { method: 'reported', asOf, source: { system: hospitalName } } as const;
  if (isNothing) {
    const beside = found.resources.some(isOurs) ? ' beside what the pump adapter wrote there' : '';
    return { value: null, ...stated, words: `None found in the hospital’s record${beside}, ${momentInWords(asOf)}.` };
  }
  return {
    value: [...new Set(lines)],
    ...stated,
    ...(!found.isWhole && { words: 'Not all of it: the hospital’s record holds more.' }),
  };
}
