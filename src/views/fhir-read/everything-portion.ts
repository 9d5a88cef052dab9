import type { ServedType } from '../read-model/search-parameters.ts';
import type { Asked } from './asked.ts';
import type { FhirReadOptions } from './options.ts';
import { search } from './search.ts';
import { searchQuestion } from './stored.ts';

/** What of one patient's resources a caller may read. */
export interface Portion {
  /** Types of which everything. */
  readonly whole: readonly ServedType[];
  /** Types of which only these, because the scope names a search that they match. */
  readonly part: readonly { readonly type: ServedType; readonly ids: readonly string[] }[];
  /** Types of which nothing. */
  readonly withheld: readonly ServedType[];
}

/** The caller reaches the patient already; this is about the types. */
export async function portionOf(
  asked: Asked,
  options: FhirReadOptions,
  { types, patientId }: { readonly types: readonly ServedType[]; readonly patientId: string },
): Promise<Portion> {
  const kinds = Map.groupBy(types, (type) => {
    const reach = asked.caller.reachOf(type, 'read').filter((one) => (one.patient ?? patientId) === patientId);
    if (reach.length === 0) return 'withheld';
    return reach.some(({ query }) => query === undefined) ? 'whole' : 'part';
  });
  const part = (kinds.get('part') ?? []).map(async (type) => ({
    type,
    ids: await matching(asked, options, { type, patientId }),
  }));
  return { whole: kinds.get('whole') ?? [], part: await Promise.all(part), withheld: kinds.get('withheld') ?? [] };
}

/** Every page of the search that the scope allows, confined to this patient. */
async function matching(
  { caller }: Asked,
  options: FhirReadOptions,
  { type, patientId }: { readonly type: ServedType; readonly patientId: string },
): Promise<string[]> {
  const concerned = caller.reachOf(type, 'read').filter((one) => (one.patient ?? patientId) === patientId);
  const reach = concerned.map((one) => ({ ...one, patient: patientId }));
  const question = { ...searchQuestion(caller, options, 'strict'), reachOf: () => reach };
  const ids: string[] = [];
  let parameters: readonly (readonly [string, string])[] = [['_count', '500']];
  while (true) {
    const answer = await search(options.db, question, type, parameters);
    if (answer.kind === 'refused') return ids;
    const { entry = [], link = [] } = JSON.parse(answer.bundle);
    for (const { resource } of entry) ids.push(resource.id);
    const next = link.find(({ relation }: { relation: string }) => relation === 'next')?.url;
    if (next === undefined) return ids;
    parameters = [...new URL(next).searchParams];
  }
}
