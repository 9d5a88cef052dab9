import ipaddr from 'ipaddr.js';

/**
 * Which addresses a destination may be reached at. A URL that we were given, or that a name resolves to, must not make
 * us ask a machine that only we can reach: this one, the cloud's metadata service, whatever is in our own network.
 */
export interface AddressPolicy {
  /** undefined: it may be reached. Else what kind of address it is, for a sentence. */
  refusal(address: string, host: string): AddressKind | undefined;
}

export type AddressKind = 'metadata' | 'loopback' | 'link-local' | 'private' | 'translated' | 'reserved';

export interface AddressRules {
  /**
   * CIDR ranges and single addresses that may be reached whatever they are, and names of hosts whose addresses may be
   * private. A metadata address counts as named only by itself, never by a range around it.
   */
  readonly allow: readonly string[];
  /** The address as configured. One that names this machine is meant: only then is it reached. */
  readonly baseUrl: string;
}

export function addressPolicy({ allow, baseUrl }: AddressRules): AddressPolicy {
  const ranges = allow.map(rangeOf).filter((range) => range !== undefined);
  const hosts = new Set(allow.filter((entry) => !rangeOf(entry)).map((entry) => entry.toLowerCase()));
  const isOnThisMachine = namesThisMachine(hostOf(baseUrl));
  return {
    refusal(address, host) {
      const parsed = ipaddr.parse(address);
      const kind = kindOf(parsed);
      if (kind === undefined || ranges.some((range) => names(range, parsed, kind))) return undefined;
      if (kind === 'loopback' && isOnThisMachine) return undefined;
      return kind === 'private' && hosts.has(host.toLowerCase()) ? undefined : kind;
    },
  };
}

/** Whether an entry of `allow` can be used: a range, an address, or the name of a host. */
export function isAllowEntry(entry: string): boolean {
  return rangeOf(entry) !== undefined || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry);
}

/** Whether a host is an address that is refused. What a name resolves to is seen when it is connected to. */
export function isRefusedAddress(rules: AddressRules, host: string): boolean {
  return ipaddr.isValid(host) && addressPolicy(rules).refusal(host, host) !== undefined;
}

/** The host of a URL as a resolver takes it: an IPv6 address without its brackets. */
export const hostOf = (url: string): string => withoutBrackets(new URL(url).hostname);

export const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

type Address = ReturnType<typeof ipaddr.parse>;
type Range = readonly [network: Address, bits: number];

function rangeOf(entry: string): Range | undefined {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  if (!isWholeAddress(entry)) return undefined;
  const address = ipaddr.parse(entry);
  return [address, bitsOf(address)];
}

/** `10` and `0x7f.1` are addresses to some parsers and names to others: here they are neither. */
const isWholeAddress = (text: string): boolean => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

const bitsOf = (address: Address): number => (address.kind() === 'ipv4' ? 32 : 128);

/** An IPv4 address in the dress of IPv6 is also named by itself: the system connects to it all the same. */
function names([network, bits]: Range, address: Address, kind: AddressKind): boolean {
  if (kind === 'metadata' && bits < bitsOf(network)) return false;
  const plain = ipaddr.process(address.toString());
  return [address, plain].some((one) => one.kind() === network.kind() && one.match(network, bits));
}

/** Addresses at which clouds tell a machine its secrets (AWS, Azure, Alibaba Cloud, Oracle Cloud). */
const metadataAddresses = new Set([
  '169.254.169.254',
  'fd00:ec2::254',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
]);

/** Everything that is not an ordinary address of the internet. A range that a newer release knows is refused, too. */
function kindOf(address: Address): AddressKind | undefined {
  if (metadataAddresses.has(ipaddr.process(address.toString()).toString())) return 'metadata';
  const range: string = address.range();
  return range === 'unicast' && isGlobal(address) ? undefined : (kindOfRange[range] ?? 'reserved');
}

/** RFC 4291: what is given out to anybody as IPv6 begins with the bits 001. The rest has ways of its own to machines. */
const global6 = ipaddr.parseCIDR('2000::/3');

const isGlobal = (address: Address): boolean => address.kind() === 'ipv4' || address.match(global6);

const kindOfRange: Readonly<Record<string, AddressKind>> = {
  loopback: 'loopback',
  unspecified: 'loopback',
  linkLocal: 'link-local',
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  carrierGradeNat: 'private',
  ipv4Mapped: 'translated',
  rfc6145: 'translated',
  rfc6052: 'translated',
  '6to4': 'translated',
  teredo: 'translated',
};

function namesThisMachine(host: string): boolean {
  if (host === 'localhost') return true;
  return ipaddr.isValid(host) && kindOf(ipaddr.parse(host)) === 'loopback';
}
