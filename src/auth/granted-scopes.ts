import { type Interaction, parseScope, type Scope, type ScopeLevel } from './scopes.ts';

export interface Allowed {
  readonly level: ScopeLevel;
  /** What may be granted, at that level. */
  readonly scopes: readonly string[];
  /** Types that can be read here: a scope on any other names nothing. */
  readonly types: readonly string[];
}

/**
 * What of the scopes asked for may be granted, as a scope string; '' where nothing is. A scope that is wholly allowed
 * keeps its text; any other is narrowed to letters. What is no scope on resources (`openid`) grants nothing and is left out.
 */
export function narrowed(asked: string, allowed: Allowed): string {
  const limits = allowed.scopes.flatMap((text) => parseScope(text) ?? []);
  const words = asked.split(/\s+/).filter((word) => word !== '');
  const granted = words.flatMap((word) => {
    const scope = parseScope(word);
    if (scope?.level !== allowed.level || !isServed(scope.resource, allowed.types)) return [];
    const parts = limits.flatMap((limit) => overlap(scope, limit) ?? []);
    return parts.some((part) => isSame(part, scope)) ? [word] : parts.map(textOf);
  });
  return [...new Set(granted)].join(' ');
}

const isServed = (resource: string, types: readonly string[]): boolean => resource === '*' || types.includes(resource);

function overlap(asked: Scope, limit: Scope): Scope | undefined {
  if (asked.level !== limit.level) return undefined;
  const resource = asked.resource === '*' ? limit.resource : asked.resource;
  if (limit.resource !== '*' && limit.resource !== resource) return undefined;
  const interactions = asked.interactions.filter((one) => limit.interactions.includes(one));
  // Two different queries would have to hold together, which no scope can say.
  if (asked.query !== undefined && limit.query !== undefined && asked.query !== limit.query) return undefined;
  const query = asked.query ?? limit.query;
  if (interactions.length === 0) return undefined;
  return { level: asked.level, resource, interactions, ...(query !== undefined && { query }) };
}

const isSame = (one: Scope, other: Scope): boolean => textOf(one) === textOf(other);

const textOf = ({ level, resource, interactions, query }: Scope): string =>
  `${level}/${resource}.${interactions.map((one) => letters[one]).join('')}${query === undefined ? '' : `?${query}`}`;

const letters: Readonly<Record<Interaction, string>> = {
  create: 'c',
  read: 'r',
  update: 'u',
  delete: 'd',
  search: 's',
};
