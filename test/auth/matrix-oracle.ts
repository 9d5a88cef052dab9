import type { MatrixResource } from './matrix-hospitals.ts';
import type { Kind, MatrixRequest, Patients, Target } from './matrix-requests.ts';
import type { Gives } from './matrix-scopes.ts';

/** Who asks, so far as it matters for what may be seen. */
export interface Asker {
  readonly gives: readonly Gives[];
  /** Whether the token names the patient of a launch: always `own`. */
  readonly isLaunched: boolean;
  /** What a user may see: the patient of the launch, or everybody of the hospital. */
  readonly userReach: 'patient' | 'tenant';
}

export interface Expected {
  readonly status: 200 | 403 | 404;
  /** Of the answer, where it is one: ids of the resources in it. */
  readonly ids: readonly string[];
  /** The ids are all that is there, or there may be fewer of them. */
  readonly isExact: boolean;
}

type Letter = 'r' | 's';
type Seen = 'own' | 'other';

/** Whom a scope opens: a table of its own, made from the standard and not from the program. */
function opens({ level }: Gives, { isLaunched, userReach }: Asker): readonly Seen[] {
  if (level === 'system') return ['own', 'other'];
  if (level === 'user' && userReach === 'tenant') return ['own', 'other'];
  return isLaunched ? ['own'] : [];
}

const fitting = (asker: Asker, type: string, letters: string) =>
  asker.gives.filter(
    (one) =>
      (one.on === '*' || one.on === type) &&
      [...letters].some((letter) => one.can.includes(letter)) &&
      opens(one, asker).length > 0,
  );

/** Whether the scopes let such a request in at all, whomever it is about. `whole`: parts of a type are not enough. */
const mayAsk = (asker: Asker, type: string, letter: Letter, how: 'whole' | 'in part'): boolean =>
  fitting(asker, type, letter).some(({ only }) => how === 'in part' || only === undefined);

const sees = (asker: Asker, whose: Target, resource: MatrixResource, letters: string): boolean =>
  fitting(asker, resource.type, letters).some(
    (one) =>
      opens(one, asker).includes(whose as Seen) &&
      (one.only === undefined || categoriesOf(resource).includes(one.only)),
  );

const seesWhole = (asker: Asker, whose: Target, type: string): boolean =>
  fitting(asker, type, 'r').some((one) => one.only === undefined && opens(one, asker).includes(whose as Seen));

const statusTypes = ['Device', 'MedicationAdministration', 'Observation'];

/** What must be answered, and what may be in the answer. */
export function expected(asker: Asker, request: MatrixRequest, patients: Patients): Expected {
  const { kind, type, target } = request;
  const all = target === 'nobody' ? [] : patients[target].resources;
  if (!isLetIn(asker, kind, type)) return { status: 403, ids: [], isExact: true };
  if (kind === '$pump-status' || kind === 'status' || kind === 'course') {
    const isSeen = statusTypes.every((one) => seesWhole(asker, target, one));
    const ids = all.filter((one) => sees(asker, target, one, 'r')).map(({ id }) => id);
    return isSeen ? { status: 200, ids, isExact: false } : notThere;
  }
  if (kind === '$everything') {
    const ids = all.filter((one) => sees(asker, target, one, 'r')).map(({ id }) => id);
    return seesWhole(asker, target, 'Patient') ? { status: 200, ids, isExact: true } : notThere;
  }
  const named = all.filter((one) => one.type === type && isNamed(one, request, patients));
  if (kind === 'read') {
    const ids = named.filter((one) => sees(asker, target, one, 'r')).map(({ id }) => id);
    return ids.length > 0 ? { status: 200, ids, isExact: true } : notThere;
  }
  if (kind === 'vread' || kind === 'history') {
    const isSeen = named.length > 0 && seesWhole(asker, target, type);
    return isSeen ? { status: 200, ids: named.map(({ id }) => id), isExact: true } : notThere;
  }
  return { status: 200, ids: found(asker, request, all), isExact: true };
}

/** Whether the resource that a request names may be seen by this asker in another way: then it is no secret. */
export function isNoSecret(asker: Asker, { type, target, named }: MatrixRequest, patients: Patients): boolean {
  if (target === 'nobody' || named === undefined) return false;
  const all = patients[target].resources.filter((one) => (type === 'Patient' ? one.type === type : one.id === named));
  return all.some((one) => sees(asker, target, one, 'rs'));
}

/**
 * Whether the asker may search a part of the type for this very patient. That the patient is one of the hospital is
 * no secret then, and what was reported last is looked for first, which is more work than for nobody.
 */
export const maySearchSomeOf = (asker: Asker, { type, target }: MatrixRequest): boolean =>
  fitting(asker, type, 's').some((one) => opens(one, asker).includes(target as Seen));

const notThere: Expected = { status: 404, ids: [], isExact: true };

function isLetIn(asker: Asker, kind: Kind, type: string): boolean {
  if (kind === 'read') return mayAsk(asker, type, 'r', 'in part');
  if (kind === 'vread' || kind === 'history') return mayAsk(asker, type, 'r', 'whole');
  if (kind === '$everything') return mayAsk(asker, 'Patient', 'r', 'whole');
  if (kind === '$pump-status' || kind === 'status' || kind === 'course') {
    return statusTypes.every((one) => mayAsk(asker, one, 'r', 'whole'));
  }
  return mayAsk(asker, type, 's', 'in part');
}

function found(asker: Asker, { kind, type, target, named }: MatrixRequest, all: readonly MatrixResource[]): string[] {
  const searched = all.filter((one) => one.type === type && sees(asker, target, one, 's'));
  const isDeviceSearched = all.some((one) => one.id === named && sees(asker, target, one, 's'));
  const matches =
    kind === 'chain'
      ? searched.filter((one) => isDeviceSearched && refersTo(one, 'device', [`Device/${named}`]))
      : searched;
  const more = kind === 'include' ? included(matches, all) : kind === 'revinclude' ? refering(matches, all) : [];
  // What comes along is of another type, and its own scopes count.
  return [...matches, ...more.filter((one) => sees(asker, target, one, 'rs'))].map(({ id }) => id);
}

const included = (matches: readonly MatrixResource[], all: readonly MatrixResource[]) =>
  all.filter(({ type, id }) => type === 'Device' && matches.some((one) => refersTo(one, 'device', [`Device/${id}`])));

const refering = (matches: readonly MatrixResource[], all: readonly MatrixResource[]) => {
  const targets = matches.map(({ type, id }) => `${type}/${id}`);
  return all.filter((one) => one.type === 'Provenance' && refersTo(one, 'target', targets));
};

function refersTo({ content }: MatrixResource, element: string, references: readonly string[]): boolean {
  const stated = [content[element] ?? []].flat() as { reference?: string }[];
  return stated.some(({ reference }) => references.includes(reference ?? ''));
}

/** A Patient is named by whatever its caller calls it; all else by its id. */
const isNamed = ({ type, id }: MatrixResource, { named, target }: MatrixRequest, patients: Patients): boolean =>
  type === 'Patient' ? target !== 'nobody' && patients[target].id === id : id === named;

function categoriesOf({ content }: MatrixResource): readonly string[] {
  const categories = (content.category ?? []) as { coding?: { code?: string }[] }[];
  return categories.flatMap(({ coding = [] }) => coding.flatMap(({ code }) => code ?? []));
}
