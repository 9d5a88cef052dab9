import { describe, expect, it } from 'vitest';
import { addressPolicy, hostOf, isAllowEntry } from '../../src/outgoing/address-policy.ts';

const baseUrl = 'https://fhir.hospital.test/r4';
const refusal = (address: string, allow: readonly string[] = [], base = baseUrl, host = 'fhir.hospital.test') =>
  addressPolicy({ allow, baseUrl: base }).refusal(address, host);

describe('a hospital on the internet', () => {
  it.each(['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '2000::1', '2606:4700::1', '3ffe::1'])(
    'is reached at %s',
    (address) => {
      expect(refusal(address)).toBeUndefined();
    },
  );

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['::1', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['fec0::1', 'private'],
    ['::ffff:8.8.8.8', 'translated'],
    ['::ffff:10.0.0.1', 'translated'],
    ['::10.0.0.1', 'translated'],
    ['::ffff:0:10.0.0.1', 'translated'],
    ['64:ff9b::a00:1', 'translated'],
    ['64:ff9b:1::a00:1', 'translated'],
    ['2002:a00:1::', 'translated'],
    ['2001:0:1::', 'translated'],
    ['224.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['2001:db8::1', 'reserved'],
    ['ff02::1', 'reserved'],
    ['100::1', 'reserved'],
    ['::7f00:1', 'reserved'],
    ['1fff::1', 'reserved'],
    ['4000::1', 'reserved'],
  ])('is never reached at %s, which is %s', (address, kind) => {
    expect(refusal(address)).toBe(kind);
  });
});

describe('a hospital inside a network', () => {
  it('is reached in the range that its configuration names, and not beside it', () => {
    expect(refusal('10.1.255.255', ['10.1.0.0/16'])).toBeUndefined();
    expect(refusal('10.2.0.0', ['10.1.0.0/16'])).toBe('private');
    expect(refusal('fd12::9', ['fd12::/16'])).toBeUndefined();
    expect(refusal('fd13::9', ['fd12::/16'])).toBe('private');
  });

  it('is reached at the one address that its configuration names', () => {
    expect(refusal('192.168.7.7', ['192.168.7.7'])).toBeUndefined();
    expect(refusal('192.168.7.8', ['192.168.7.7'])).toBe('private');
    expect(refusal('fd12::9', ['fd12::9'])).toBeUndefined();
  });

  it('is reached at an IPv4 address that comes in the dress of IPv6', () => {
    expect(refusal('::ffff:10.1.2.3', ['10.1.0.0/16'])).toBeUndefined();
    expect(refusal('::ffff:10.2.2.3', ['10.1.0.0/16'])).toBe('translated');
  });

  it('is reached by its name at private addresses, and at no other kind', () => {
    const allow = ['FHIR.hospital.test'];
    expect(refusal('10.1.2.3', allow)).toBeUndefined();
    expect(refusal('fd12::9', allow)).toBeUndefined();
    expect(refusal('10.1.2.3', allow, baseUrl, 'other.hospital.test')).toBe('private');
    expect(refusal('127.0.0.1', allow)).toBe('loopback');
    expect(refusal('169.254.169.254', allow)).toBe('metadata');
    expect(refusal('169.254.1.1', allow)).toBe('link-local');
  });

  it('has no metadata service in its range: that is named by its own address or not at all', () => {
    expect(refusal('169.254.169.254', ['169.254.0.0/16', 'fd00::/8'])).toBe('metadata');
    expect(refusal('fd00:ec2::254', ['169.254.0.0/16', 'fd00::/8'])).toBe('metadata');
    expect(refusal('169.254.169.254', ['169.254.169.254'])).toBeUndefined();
  });
});

describe('a server on this machine', () => {
  it.each(['http://127.0.0.1:8080/fhir', 'http://localhost/fhir', 'http://[::1]:8080/fhir', 'https://127.0.0.2/fhir'])(
    'is reached where %s is what was configured',
    (base) => {
      expect(refusal('127.0.0.1', [], base, 'localhost')).toBeUndefined();
      expect(refusal('::1', [], base, 'localhost')).toBeUndefined();
      expect(refusal('10.0.0.1', [], base, 'localhost')).toBe('private');
      expect(refusal('169.254.169.254', [], base, 'localhost')).toBe('metadata');
    },
  );

  it('is not reached because a name of the internet says so', () => {
    expect(refusal('127.0.0.1', [], 'https://localhost.hospital.test/fhir')).toBe('loopback');
  });
});

it.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1', true],
  ['fd12::/16', true],
  ['fhir.hospital.lan', true],
  ['10.0.0.0/33', false],
  ['https://fhir.hospital.lan', false],
  ['fhir hospital', false],
  ['-', false],
])('whether %s can be allowed: %s', (entry, usable) => {
  expect(isAllowEntry(entry)).toBe(usable);
});

it.each([
  ['https://h.test:8443/fhir', 'h.test'],
  ['http://[::1]:8080/fhir', '::1'],
  ['https://10.0.0.1/fhir', '10.0.0.1'],
])('the host of %s is %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});
