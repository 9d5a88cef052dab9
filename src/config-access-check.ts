import { existsSync } from 'node:fs';
import { secureUrl } from './auth/secure-url.ts';
import type { ConfiguredTokens, IssuerFile, TokensFile } from './config-access.ts';
import type { DestinationFile } from './config-destination.ts';
import { hostOf, isRefusedAddress } from './outgoing/address-policy.ts';

/** Why it cannot be used, in a sentence for the operator; undefined: it can. */
export function unusableAccess(
  file: {
    readonly issuers: readonly IssuerFile[];
    readonly tokens?: TokensFile;
    readonly destinations: readonly DestinationFile[];
    readonly publicUrl: string | undefined;
  },
  at: (path: string) => string,
): string | undefined {
  const { issuers, tokens, destinations, publicUrl: ours } = file;
  const clients = tokens?.clients ?? [];
  return (
    (ours === undefined ? undefined : insecure(ours, 'server.publicUrl')) ??
    firstOf(issuers, (one) => unusableIssuer(one, destinations, tokens, at)) ??
    disagreement(issuers) ??
    ambiguousExchange(issuers) ??
    missingFile({ 'tokens.signingKeysFile': tokens?.signingKeysFile }, at) ??
    firstOf(clients, (one) => unusableClient(one, at)) ??
    twice(clients.map((one) => `the client ${one.clientId} of ${one.tenant}`))
  );
}

function unusableIssuer(
  one: IssuerFile,
  destinations: readonly DestinationFile[],
  tokens: TokensFile,
  at: (path: string) => string,
): string | undefined {
  const { issuer: its, jwksUri, introspection: asked, discover, exchange: exchanged, smart: stated } = one;
  const addresses = {
    jwksUri,
    'introspection.url': asked?.url,
    issuer: discover ? its : undefined,
    'exchange.fhirBaseUrl': exchanged?.fhirBaseUrl,
  };
  const published = { authorizationEndpoint: stated?.authorizationEndpoint, tokenEndpoint: stated?.tokenEndpoint };
  return (
    firstOf(entriesOf(addresses), ([what, url]) => unreachable(url, `the ${what} of ${its}`, one.allowAddresses)) ??
    firstOf(entriesOf(published), ([what, url]) => insecure(url, `the smart.${what} of ${its}`)) ??
    missingFile({ clientSecretFile: asked?.clientSecretFile, signingKeysFile: asked?.signingKeysFile }, at) ??
    wrongDestination(one, destinations) ??
    (exchanged && !tokens ? `an exchange at ${its} needs tokens.signingKeysFile: what we issue is signed.` : undefined)
  );
}

/** Its patients are looked for among those of the destination: both speak of the same server and the same environment. */
function wrongDestination(one: IssuerFile, destinations: readonly DestinationFile[]): string | undefined {
  if (one.patientIdsOf === undefined) return undefined;
  const named = destinations.find(({ name: its, tenant }) => its === one.patientIdsOf && tenant === one.tenant);
  if (!named) return `patientIdsOf of ${one.issuer} names no destination of the tenant ${one.tenant}.`;
  if (named.environment === one.environment) return undefined;
  return `patientIdsOf of ${one.issuer} names a destination of another environment than its own.`;
}

/** Entries of one issuer differ in the tenant that they open, never in how its tokens are checked. */
function disagreement(issuers: readonly IssuerFile[]): string | undefined {
  const differs = issuers.find((one) => {
    const first = issuers.find(({ issuer: its }) => its === one.issuer) ?? one;
    return checkedBy(first) !== checkedBy(one);
  });
  const [asked] = issuers.filter(
    (one) => one.introspection && issuers.some((other) => other.issuer === one.issuer && other.tenant !== one.tenant),
  );
  if (asked) return `${asked.issuer} is asked about its tokens, so it opens one tenant: they may not say which.`;
  if (differs) return `the entries of ${differs.issuer} disagree about how its tokens are checked.`;
  return twice(
    issuers.flatMap(({ issuer: its, audience, tenant }) =>
      [audience ?? `the FHIR base of ${tenant}`].flat().map((one) => `${its} for the audience ${one}`),
    ),
  );
}

/** A launch says who signed it, not whether its patient is real: a tenant exchanges those of an issuer in one way. */
function ambiguousExchange(issuers: readonly IssuerFile[]): string | undefined {
  const exchanging = issuers.filter(({ exchange }) => exchange);
  return twice(exchanging.map(({ issuer: its, tenant }) => `the exchange of launches of ${its} at ${tenant}`));
}

const checkedBy = ({ jwksUri, introspection: asked, discover, allowAddresses: allow }: IssuerFile): string =>
  JSON.stringify([jwksUri, asked, discover, allow]);

function unusableClient(one: ConfiguredTokens['clients'][number], at: (path: string) => string): string | undefined {
  const { jwksUri, jwksFile, clientId } = one;
  return jwksUri === undefined
    ? missingFile({ jwksFile }, at)
    : unreachable(jwksUri, `the jwksUri of the client ${clientId}`, one.allowAddresses);
}

function unreachable(url: string, what: string, allow: readonly string[]): string | undefined {
  const refused = insecure(url, what);
  if (refused) return refused;
  if (!isRefusedAddress({ allow, baseUrl: url }, hostOf(url))) return undefined;
  return `${what} is not public. Add it to its allowAddresses, if it is meant.`;
}

function insecure(url: string, what: string): string | undefined {
  try {
    secureUrl(url, what);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function missingFile(files: Readonly<Record<string, string | undefined>>, at: (path: string) => string) {
  return firstOf(entriesOf(files), ([what, path]) =>
    existsSync(at(path)) ? undefined : `there is no ${what} ${at(path)}.`,
  );
}

function twice(names: readonly string[]): string | undefined {
  const name = names.find((one, n) => names.indexOf(one) !== n);
  return name && `${name} is configured twice.`;
}

function firstOf<T>(items: readonly T[], wrong: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const sentence = wrong(item);
    if (sentence) return sentence;
  }
  return undefined;
}

const entriesOf = (record: Readonly<Record<string, string | undefined>>): [string, string][] =>
  Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined);
