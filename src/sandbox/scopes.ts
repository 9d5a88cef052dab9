/**
 * Scopes of SMART App Launch 2.2, v1 (`.read`, `.write`, `.*`) and v2 (`.cruds`): `system/` for back-end clients, `patient/`
 * for apps. Written apart from the product's own parser on purpose: a hospital that shared the product's mistakes could not
 * show them. Scopes of another level, with letters out of order or with a query are not understood, hence grant nothing.
 */

export type ScopeLevel = 'system' | 'patient';

export interface ResourceScope {
  readonly text: string;
  readonly level: ScopeLevel;
  /** A resource type, or `*`. */
  readonly resource: string;
  /** A part of `cruds`, in this order. */
  readonly letters: string;
}

/** The scopes of this level in a space-separated list, so far as they are understood. */
export function parseScopes(list: string, level: ScopeLevel = 'system'): ResourceScope[] {
  return list.split(' ').flatMap((text) => parse(text, level) ?? []);
}

/** What is both asked for and allowed. A scope that is wholly allowed keeps its text; else it is narrowed to v2 syntax. */
export function narrow(asked: ResourceScope[], allowed: ResourceScope[]): ResourceScope[] {
  return asked.flatMap((scope) =>
    isCovered(scope, allowed) ? scope : allowed.flatMap((limit) => overlap(scope, limit)),
  );
}

/** True if a scope covers this permission letter of the resource type. */
export function grants(scopes: ResourceScope[], resourceType: string, letter: string): boolean {
  return scopes.some(({ resource, letters }) => matches(resource, resourceType) && letters.includes(letter));
}

const versionOne: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };

function parse(text: string, level: ScopeLevel): ResourceScope | undefined {
  const [, stated, resource, permission] = /^([a-z]+)\/(\*|[A-Z][A-Za-z]+)\.(\*|[a-z]+)$/.exec(text) ?? [];
  if (stated !== level || !resource || !permission) return undefined;
  const letters = versionOne[permission] ?? (/^c?r?u?d?s?$/.test(permission) ? permission : undefined);
  return letters ? { text, level, resource, letters } : undefined;
}

const isCovered = (scope: ResourceScope, allowed: ResourceScope[]) =>
  [...scope.letters].every((letter) =>
    allowed.some(
      ({ resource, letters }) => (resource === '*' || resource === scope.resource) && letters.includes(letter),
    ),
  );

function overlap(scope: ResourceScope, limit: ResourceScope): ResourceScope[] {
  const { level } = scope;
  if (!matches(scope.resource, limit.resource)) return [];
  const letters = [...scope.letters].filter((letter) => limit.letters.includes(letter)).join('');
  const resource = scope.resource === '*' ? limit.resource : scope.resource;
  return letters ? [{ text: `${level}/${resource}.${letters}`, level, resource, letters }] : [];
}

const matches = (a: string, b: string) => a === '*' || b === '*' || a === b;
