import type { Config } from './config.ts';

/**
 * Where a tenant's routes stand, as absolute addresses without a slash at the end. `/t/{tenant}` is always there; where
 * the deployment has one tenant its routes stand at the root as well, and that is the address that we name.
 */
export interface UrlSpace {
  readonly tenants: readonly string[];
  /** The tenant of what stands at the root; undefined: there are several. */
  readonly only: string | undefined;
  /** The address that we name first. A tenant that nobody configured has none. */
  basesOf(tenant: string): readonly [string, ...string[]] | readonly [];
  fhirBasesOf(tenant: string): readonly string[];
}

type Named = Pick<Config, 'server' | 'destinations' | 'tenantOfSource' | 'issuers' | 'tokens' | 'senders'>;

export function urlSpace(config: Named): UrlSpace {
  const tenants = tenantsOf(config);
  const only = tenants.length === 1 ? tenants[0] : undefined;
  const root = config.server.publicUrl;
  const basesOf: UrlSpace['basesOf'] = (tenant) => {
    if (!tenants.includes(tenant)) return [];
    return only === undefined ? [`${root}/t/${tenant}`] : [root, `${root}/t/${tenant}`];
  };
  return { tenants, only, basesOf, fhirBasesOf: (tenant) => basesOf(tenant).map((base) => `${base}/fhir`) };
}

/** Whoever is named anywhere in the configuration; a deployment that names nobody has the one that is the default. */
function tenantsOf({ destinations, tenantOfSource, issuers, tokens, senders }: Named): readonly string[] {
  const named = [...destinations, ...issuers, ...(tokens?.clients ?? []), ...senders].map(({ tenant }) => tenant);
  const tenants = [...new Set([...named, ...Object.values(tenantOfSource)])].sort();
  return tenants.length > 0 ? tenants : ['default'];
}
