/** SMART resource scopes, v1 and v2 (SMART App Launch 2.2 "Scopes for requesting FHIR Resources"). */

export type ScopeLevel = 'patient' | 'user' | 'system';
export type Interaction = 'create' | 'read' | 'update' | 'delete' | 'search';

export interface Scope {
  readonly level: ScopeLevel;
  /** A resource type, or `*`. */
  readonly resource: string;
  readonly interactions: readonly Interaction[];
  /** The part after `?` of a v2 scope, as it was written. It narrows the scope to resources that match it. */
  readonly query?: string;
}

export interface Wanted {
  /** Any level when absent. */
  readonly level?: ScopeLevel;
  readonly resource: string;
  readonly interaction: Interaction;
}

/**
 * Whether one of the scopes gives the whole of what is wanted. A scope with a query gives a part only, hence never counts
 * here: see `grantsInPart` for those.
 */
export function grants(scopes: readonly Scope[], wanted: Wanted): boolean {
  return scopes.some((scope) => scope.query === undefined && fits(scope, wanted));
}

/** The scopes that give what is wanted for the resources that match their query, and for no other. */
export function grantsInPart(scopes: readonly Scope[], wanted: Wanted): readonly Scope[] {
  return scopes.filter((scope) => scope.query !== undefined && fits(scope, wanted));
}

/** Reads a space-separated scope string. What is no resource scope (`openid`, a misspelling) is in `others` and grants nothing. */
export function parseScopes(text: string): { readonly scopes: readonly Scope[]; readonly others: readonly string[] } {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return {
    scopes: words.flatMap((word) => parseScope(word) ?? []),
    others: words.filter((word) => parseScope(word) === undefined),
  };
}

/** Reads one scope; undefined if it is not a resource scope. Letters out of the order c, r, u, d, s are refused. */
export function parseScope(text: string): Scope | undefined {
  const groups = resourceScope.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { level, resource, version1, letters, query } = groups;
  return {
    level: level as ScopeLevel,
    resource: resource as string,
    interactions: interactionsOf(
      version1 === undefined ? (letters as string) : (lettersOfVersion1[version1] as string),
    ),
    ...(query !== undefined && { query }),
  };
}

const resourceScope =
  /^(?<level>patient|user|system)\/(?<resource>\*|[A-Z][A-Za-z]+)\.(?:(?<version1>read|write|\*)|(?<letters>(?=[cruds])c?r?u?d?s?)(?:\?(?<query>\S+))?)$/;

const lettersOfVersion1: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };

const interactionOfLetter: Record<string, Interaction> = {
  c: 'create',
  r: 'read',
  u: 'update',
  d: 'delete',
  s: 'search',
};

const interactionsOf = (letters: string): readonly Interaction[] =>
  [...letters].map((letter) => interactionOfLetter[letter] as Interaction);

const fits = (scope: Scope, { level, resource, interaction }: Wanted): boolean =>
  (level === undefined || scope.level === level) &&
  (scope.resource === '*' || scope.resource === resource) &&
  scope.interactions.includes(interaction);
