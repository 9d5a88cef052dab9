/** Someone who works at a clinic, as its identity provider says; not an app: those have a `Principal`. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
  /** As the provider shows it; for our pages. */
  readonly name: string;
  readonly tenant: string;
  readonly environment: 'live' | 'test';
  readonly roles: readonly Role[];
}

/** Each may also do what those before it may. */
export const allRoles = ['viewer', 'operator', 'mapper', 'admin'] as const;

export type Role = (typeof allRoles)[number];

/** What the claims of a provider mean here. */
export interface ClaimRules {
  readonly issuer: string;
  /** Name of the claim that holds the roles, or a way to it with dots. */
  readonly rolesClaim: string;
  readonly roles: Readonly<Partial<Record<Role, readonly string[]>>>;
  /** The tenant of everyone who signs in there, or the claim that names it. */
  readonly tenant: { readonly fixed: string } | { readonly claim: string; readonly known: readonly string[] };
  readonly environment: 'live' | 'test';
}

export type Claims = Readonly<Record<string, unknown>>;

export type Refused = { readonly refused: 'no-role' | 'no-tenant' | 'no-subject' };

/** Who the verified claims speak of. Who has no role here, or no tenant that we know, is nobody here. */
export function personOf(claims: Claims, rules: ClaimRules): Person | Refused {
  const subject = text(claims.sub);
  if (subject === undefined) return { refused: 'no-subject' };
  const tenant = tenantOf(claims, rules.tenant);
  if (tenant === undefined) return { refused: 'no-tenant' };
  const roles = rolesOf(claims, rules);
  if (roles.length === 0) return { refused: 'no-role' };
  const name = text(claims.name) ?? text(claims.preferred_username) ?? text(claims.email) ?? subject;
  const { issuer, environment } = rules;
  return { issuer, subject, name: name.slice(0, longestName), tenant, environment, roles };
}

/** The cookie of a session has little room. */
const longestName = 120;

/** Whether a person may do what needs this role. */
export function mayAct(person: Person, role: Role): boolean {
  const needed = allRoles.indexOf(role);
  return person.roles.some((one) => allRoles.indexOf(one) >= needed);
}

/** The value of a claim that may be nested (`realm_access.roles`); a name with dots of its own comes first. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, name) => memberOf(value, name), claims);
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
}

function rolesOf(claims: Claims, { rolesClaim, roles }: ClaimRules): Role[] {
  const stated = new Set([claimAt(claims, rolesClaim) ?? []].flat().filter((one) => typeof one === 'string'));
  return allRoles.filter((role) => roles[role]?.some((value) => stated.has(value)));
}

function tenantOf(claims: Claims, rule: ClaimRules['tenant']): string | undefined {
  if ('fixed' in rule) return rule.fixed;
  const named = text(claimAt(claims, rule.claim));
  return named !== undefined && rule.known.includes(named) ? named : undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
