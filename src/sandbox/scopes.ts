/**
 * System scopes of SMART App Launch 2.2, v1 (`.read`, `.write`, `.*`) and v2 (`.cruds`). Written apart from the
 * product's own parser on purpose: a hospital that shared the product's mistakes could not show them.
 * Scopes of other levels, with letters out of order or with a query are not understood, hence grant nothing.
 */

export interface SystemScope {
  readonly text: string;
  /** A resource type, or `*`. */
  readonly resource: string;
  /** A part of `cruds`, in this order. */
  readonly letters: string;
}

/** The scopes of a space-separated list that are understood. */
export function parseScopes(list: string): SystemScope[] {
  return list.split(' ').flatMap((text) => parse(text) ?? []);
}

/** What is both asked for and allowed. A scope that is wholly allowed keeps its text; else it is narrowed to v2 syntax. */
export function narrow(asked: SystemScope[], allowed: SystemScope[]): SystemScope[] {
  return asked.flatMap((scope) =>
    isCovered(scope, allowed) ? scope : allowed.flatMap((limit) => overlap(scope, limit)),
  );
}

/** True if a scope covers this permission letter of the resource type. */
export function grants(scopes: SystemScope[], resourceType: string, letter: string): boolean {
  return scopes.some(({ resource, letters }) => matches(resource, resourceType) && letters.includes(letter));
}

const versionOne: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };

function parse(text: string): SystemScope | undefined {
  const [, resource, permission] = /^system\/(\*|[A-Z][A-Za-z]+)\.(\*|[a-z]+)$/.exec(text) ?? [];
  if (!resource || !permission) return undefined;
  const letters = versionOne[permission] ?? (/^c?r?u?d?s?$/.test(permission) ? permission : undefined);
  return letters ? { text, resource, letters } : undefined;
}

const isCovered = (scope: SystemScope, allowed: SystemScope[]) =>
  [...scope.letters].every((letter) =>
    allowed.some(
      ({ resource, letters }) => (resource === '*' || resource === scope.resource) && letters.includes(letter),
    ),
  );

function overlap(scope: SystemScope, limit: SystemScope): SystemScope[] {
  if (!matches(scope.resource, limit.resource)) return [];
  const letters = [...scope.letters].filter((letter) => limit.letters.includes(letter)).join('');
  const resource = scope.resource === '*' ? limit.resource : scope.resource;
  return letters ? [{ text: `system/${resource}.${letters}`, resource, letters }] : [];
}

const matches = (a: string, b: string) => a === '*' || b === '*' || a === b;
