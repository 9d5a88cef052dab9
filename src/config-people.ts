import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { isSecure } from './auth/secure-url.ts';
import { allRoles, type ClaimRules } from './auth/sign-in-person.ts';
import type { ProviderSettings } from './auth/sign-in-provider.ts';
import { allowAddresses, name } from './config-destination.ts';
import { boardDefaults } from './views/board/settings.ts';

/**
 * Who works with the pages: at which provider people sign in, and what its claims mean here. Without `signIn` the pages
 * answer to this machine only, and say on their face that nobody is signed in.
 */

const text = z.string().min(1);

const secureAddress = z.url().refine((url) => isSecure(new URL(url)), 'https, or http on a loopback address');

const signIn = z.strictObject({
  issuer: secureAddress,
  clientId: text,
  clientSecretFile: text.optional(),
  scope: z
    .string()
    .refine((scope) => scope.split(' ').includes('openid'), 'has to hold openid')
    .default('openid profile'),
  rolesClaim: text.default('roles'),
  roles: z.partialRecord(z.enum(allRoles), z.array(text).min(1)),
  /** The claim that names the tenant of each; without it everyone is of `people.tenant`. */
  tenantClaim: text.optional(),
  idleMinutes: z.number().positive().max(720).default(30),
  longestHours: z.number().positive().max(24).default(8),
  allowAddresses,
});

export const peopleConfig = z.strictObject({
  tenant: name.default('default'),
  environment: z.enum(['live', 'test']).default('live'),
  signIn: signIn.optional(),
});

/** The refill board. What each value means, and where its default comes from: views/board/settings.ts. */
export const boardConfig = z.strictObject({
  dueWithinDays: z.int().nonnegative().max(365).default(boardDefaults.dueWithinDays.value),
  notHeardDays: z.int().positive().max(3650).default(boardDefaults.notHeardDays.value),
});

type PeopleFile = z.output<typeof peopleConfig>;

export interface ConfiguredPeople extends Omit<PeopleFile, 'signIn'> {
  readonly signIn?: ConfiguredSignIn | undefined;
}

export interface ConfiguredSignIn {
  readonly provider: ProviderSettings;
  readonly rules: Omit<ClaimRules, 'tenant'> & { readonly tenantClaim?: string | undefined };
  readonly idleMs: number;
  readonly longestMs: number;
}

/** Why it cannot be used, in a sentence for the operator; undefined: it can. */
export function unusablePeople(
  { signIn: asked }: PeopleFile,
  publicUrl: string | undefined,
  at: (path: string) => string,
): string | undefined {
  if (!asked) return undefined;
  if (Object.keys(asked.roles).length === 0) return 'people.signIn.roles gives nobody a role.';
  const { clientSecretFile } = asked;
  if (clientSecretFile !== undefined && !existsSync(at(clientSecretFile))) {
    return `there is no people.signIn.clientSecretFile ${at(clientSecretFile)}.`;
  }
  if (publicUrl === undefined) return undefined;
  const { origin } = new URL(publicUrl);
  return publicUrl === origin ? undefined : 'people sign in only where server.publicUrl has no path.';
}

/** What the file says as the process uses it. */
export function configuredPeople(
  { signIn: asked, tenant, environment }: PeopleFile,
  at: (path: string) => string,
): ConfiguredPeople {
  if (!asked) return { tenant, environment };
  const { issuer, clientId, clientSecretFile, scope, rolesClaim, roles, tenantClaim } = asked;
  const clientSecret = clientSecretFile === undefined ? undefined : readFileSync(at(clientSecretFile), 'utf8').trim();
  return {
    ...{ tenant, environment },
    signIn: {
      provider: { issuer, clientId, clientSecret, scope, rolesClaim, allowAddresses: asked.allowAddresses },
      rules: { issuer, rolesClaim, roles, environment, tenantClaim },
      idleMs: asked.idleMinutes * 60_000,
      longestMs: asked.longestHours * 3_600_000,
    },
  };
}
