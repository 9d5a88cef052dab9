import { createHmac } from 'node:crypto';
import type { Router } from 'express';
import type { App } from '../app.ts';
import { type BearerCheck, bearerCheck, type FindPatient, type Principal, type TrustedIssuer } from '../auth/bearer.ts';
import { clientCredentials, type GrantedToken } from '../auth/client-credentials.ts';
import { keysAtAddress, keysInFile } from '../auth/client-keys.ts';
import type { Denial } from '../auth/denial.ts';
import { type IssuerChecks, issuerChecks } from '../auth/issuer-checks.ts';
import { issuerFetch } from '../auth/issuer-fetch.ts';
import { checkOwn, type OwnIssuer } from '../auth/own-tokens.ts';
import {
  type AppLaunch,
  launchDocument,
  type OwnEndpoints,
  ownDocument,
  type SmartDocument,
} from '../auth/smart-configuration.ts';
import { type Exchanged, type ExchangeGrant, exchangeGrantType, tokenExchange } from '../auth/token-exchange.ts';
import { type TokenEndpoints, tokenRoutes } from '../auth/token-routes.ts';
import type { ConfiguredIssuer, ConfiguredTokens } from '../config-access.ts';
import { appendAudit } from '../store/audit.ts';
import { countUse } from '../store/count-use.ts';
import { type UrlSpace, urlSpace } from '../url-space.ts';
import type { Reading } from '../views/read-model/reading.ts';
import { servedTypes } from '../views/read-model/search-parameters.ts';

/** Who may read here, as a running process knows it. */
export interface Access {
  readonly urls: UrlSpace;
  /** Who asks, by the Authorization header, at this tenant; undefined: at the root, where the token names the tenant. */
  check(authorization: string | undefined, tenant: string | undefined): Promise<Principal | Denial>;
  /** Our token and introspection endpoints. */
  readonly routes: Router;
  /** The SMART configuration of a tenant; undefined: nothing true can be said in it. */
  smartConfiguration(tenant: string): Promise<SmartDocument | undefined>;
}

export type AccessParts = Pick<App, 'config' | 'credentials' | 'store' | 'now'>;

export function openAccess(app: AccessParts, reading: Pick<Reading, 'find' | 'findThere'>): Access {
  const urls = urlSpace(app.config);
  const site: Site = { ...app, urls, findPatient: patientFinder(reading), checksOf: checksByIssuer(app) };
  const tenants = new Map(urls.tenants.map((tenant) => [tenant, atTenant(site, tenant)]));
  const anywhere = urls.only === undefined ? atRoot(site, [...tenants.values()]) : tenants.get(urls.only)?.check;
  return {
    urls,
    check: async (authorization, tenant) => {
      const check = tenant === undefined ? anywhere : tenants.get(tenant)?.check;
      return (check ?? nobody)(authorization);
    },
    routes: tokenRoutes((tenant) => tenants.get(tenant ?? urls.only ?? '')?.endpoints),
    smartConfiguration: async (tenant) => tenants.get(tenant)?.smartConfiguration(),
  };
}

interface Site extends AccessParts {
  readonly urls: UrlSpace;
  readonly findPatient: FindPatient;
  readonly checksOf: (one: ConfiguredIssuer) => IssuerChecks;
}

interface AtTenant {
  readonly trusted: readonly TrustedIssuer[];
  readonly check: BearerCheck;
  readonly endpoints?: TokenEndpoints | undefined;
  smartConfiguration(): Promise<SmartDocument | undefined>;
}

const nobody = bearerCheck([], { clock: () => Temporal.Now.instant(), findPatient: async () => undefined });

function atTenant(site: Site, tenant: string): AtTenant {
  const own = ownIssuer(site, tenant);
  const audiences = site.urls.fhirBasesOf(tenant);
  const issuers = site.config.issuers.filter((one) => one.tenant === tenant);
  const trusted: TrustedIssuer[] = issuers.map((one) => ({
    ...one,
    checks: site.checksOf(one),
    audiences: one.audiences.length > 0 ? one.audiences : audiences,
  }));
  if (own) {
    const checks = { issuer: own.issuer, signed: checkOwn(own) };
    trusted.push({ checks, tenant, audiences, environment: 'live', userReach: 'patient' });
  }
  const check = bearerCheck(trusted, { clock: site.now, findPatient: site.findPatient });
  const grants = own ? grantsOf(site, own, tenant, issuers) : new Map();
  const record = recording(site, tenant);
  const endpoints = own && grants.size > 0 ? { grants, own, check, record } : undefined;
  return {
    ...{ trusted, check, endpoints },
    smartConfiguration: async () => {
      const launch = await appLaunch(issuers, site);
      if (launch) return launchDocument(launch, servedTypes);
      return endpoints && ownDocument(ownEndpoints(endpoints), servedTypes);
    },
  };
}

/** An opaque token says nothing of its tenant, and one hospital's token is no other hospital's business. */
function atRoot({ now, findPatient }: Site, tenants: readonly AtTenant[]): BearerCheck {
  const signed = tenants.flatMap(({ trusted }) =>
    trusted.map((one) => ({ ...one, checks: { ...one.checks, opaque: undefined } })),
  );
  return bearerCheck(signed, { clock: now, findPatient });
}

/** Entries of one issuer share what is remembered of it. */
function checksByIssuer({ credentials, now }: AccessParts): Site['checksOf'] {
  const known = new Map<string, IssuerChecks>();
  return (one) => {
    const checks = known.get(one.issuer) ?? newChecks(one, credentials, now);
    known.set(one.issuer, checks);
    return checks;
  };
}

const timeoutMs = 5_000;

function newChecks(one: ConfiguredIssuer, credentials: App['credentials'], clock: App['now']): IssuerChecks {
  const { introspection } = one;
  const keys = credentials.askingKeys.get(introspection?.signingKeysFile ?? '');
  const credential = keys ? { keys } : { secret: introspection?.clientSecret ?? '' };
  return issuerChecks({
    ...{ ...one, timeoutMs, clock },
    introspection: introspection && { url: introspection.url, clientId: introspection.clientId, credential },
  });
}

function ownIssuer({ credentials, now, urls }: Site, tenant: string): OwnIssuer | undefined {
  const [issuer] = urls.basesOf(tenant);
  const keys = credentials.ownKeys;
  return keys && issuer ? { issuer, audience: `${issuer}/fhir`, keys, clock: now } : undefined;
}

function grantsOf(site: Site, own: OwnIssuer, tenant: string, issuers: readonly ConfiguredIssuer[]) {
  const clients = site.config.tokens?.clients.filter((one) => one.tenant === tenant) ?? [];
  const exchanged = issuers.flatMap((one) => exchangedIssuer(one, site));
  const shared = {
    ...{ own, types: servedTypes, clock: site.now },
    countUse: (key: readonly string[], until: Temporal.Instant) =>
      countUse(site.store, [tenant, ...key], until.epochMilliseconds, site.now().epochMilliseconds),
  };
  const grants: TokenEndpoints['grants'] = new Map([
    ...(clients.length > 0
      ? [['client_credentials', clientCredentials({ ...shared, ...registered(clients, site, tenant) })] as const]
      : []),
    ...(exchanged.length > 0
      ? [[exchangeGrantType, tokenExchange({ ...shared, ...exchanging(site, tenant), issuers: exchanged })] as const]
      : []),
  ]);
  return grants;
}

function registered(clients: ConfiguredTokens['clients'], site: Site, tenant: string) {
  const { urls, now } = site;
  const record = recording(site, tenant);
  return {
    issued: ({ clientId, ...detail }: GrantedToken) =>
      record({ action: 'grant-token', actor: clientId, outcome: 'done', detail }),
    tokenUrls: urls.basesOf(tenant).map((base) => `${base}/token`),
    clients: clients.map(({ jwksUri, jwksFile = '', allowAddresses, ...one }) => ({
      ...{ ...one, jwksUri },
      key:
        jwksUri === undefined
          ? keysInFile(jwksFile)
          : keysAtAddress(jwksUri, issuerFetch(jwksUri, { allowAddresses, timeoutMs }), timeoutMs, now),
    })),
  };
}

function exchanging(
  site: Site,
  tenant: string,
): Pick<ExchangeGrant, 'tenant' | 'audiences' | 'findPatient' | 'pseudonym' | 'issued'> {
  const { config, urls, findPatient } = site;
  const record = recording(site, tenant);
  return {
    ...{ tenant, findPatient, audiences: urls.fhirBasesOf(tenant) },
    pseudonym: (issuer, subject) =>
      createHmac('sha256', config.deploymentKey)
        .update(JSON.stringify(['subject of an exchange', tenant, issuer, subject]))
        .digest('base64url'),
    issued: ({ subject, ...detail }: Exchanged) =>
      record({ action: 'exchange-token', actor: subject, outcome: 'done', detail }),
  };
}

const recording =
  ({ store, now }: Site, tenant: string): TokenEndpoints['record'] =>
  (entry) =>
    appendAudit(store.db, { tenant, at: now().epochMilliseconds, ...entry });

function exchangedIssuer(one: ConfiguredIssuer, { checksOf }: Site) {
  const { exchange, patientIdsOf, environment, allowAddresses } = one;
  if (!exchange || patientIdsOf === undefined) return [];
  const { fhirBaseUrl } = exchange;
  const asked = fhirBaseUrl && {
    fhirBaseUrl,
    timeoutMs,
    fetch: issuerFetch(fhirBaseUrl, { allowAddresses, timeoutMs }),
  };
  return [{ ...exchange, checks: checksOf(one), environment, patientIdsOf, asked: asked || undefined }];
}

/** The first who says where apps sign in. A hospital whose launches are exchanged issues no tokens for us, unless it says so. */
async function appLaunch(issuers: readonly ConfiguredIssuer[], { checksOf }: Site): Promise<AppLaunch | undefined> {
  for (const one of issuers) {
    const { issuer, smart, jwksUri } = one;
    if (smart) return { jwksUri, ...smart, issuer };
    const found = one.exchange ? undefined : await checksOf(one).metadata?.();
    const { authorizationEndpoint, tokenEndpoint } = found ?? {};
    if (authorizationEndpoint && tokenEndpoint) return { ...found, issuer, authorizationEndpoint, tokenEndpoint };
  }
  return undefined;
}

function ownEndpoints({ own, grants }: TokenEndpoints): OwnEndpoints {
  return {
    tokenEndpoint: `${own.issuer}/token`,
    introspectionEndpoint: `${own.issuer}/introspect`,
    grantTypes: [...grants.keys()],
    clients: [...grants.keys()].map((grant) => (grant === exchangeGrantType ? 'launched' : 'back-end')),
  };
}

const patientFinder =
  (reading: Pick<Reading, 'find' | 'findThere'>): FindPatient =>
  async ({ tenant, environment, id, patientIdsOf }) => {
    const reader = { tenant, environment };
    const found = await (patientIdsOf === undefined
      ? reading.find(reader, id)
      : reading.findThere(reader, patientIdsOf, id));
    return found?.patientId;
  };
