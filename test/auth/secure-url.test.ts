import { describe, expect, test } from 'vitest';
import { fhirBase, isSecure, isUnder, urlUnder } from '../../src/auth/secure-url.ts';

describe('a FHIR base', () => {
  test.each([
    'https://fhir.hospital.test/r4',
    'http://localhost:8080/fhir',
    'http://127.0.0.1/fhir',
    'http://[::1]:1/f',
  ])('may be %s', (text) => {
    expect(fhirBase(`${text}/`).href).toBe(text);
  });

  test.each([
    ['http://fhir.hospital.test/r4', /not https/],
    ['http://127.0.0.1.hospital.test/r4', /not https/],
    ['http://localhost.hospital.test/r4', /not https/],
    ['http://10.0.0.1/r4', /not https/],
    ['ftp://localhost/r4', /not https/],
    ['/r4', /not an absolute URL/],
    ['https://user:secret@fhir.hospital.test/r4', /user name or password/],
    ['https://fhir.hospital.test/r4?tenant=1', /query or a fragment/],
    ['https://fhir.hospital.test/r4#a', /query or a fragment/],
  ])('may not be %s', (text, message) => {
    expect(() => fhirBase(text)).toThrow(message);
  });

  test('with a wrong address is refused without quoting it', () => {
    expect(() => fhirBase('https://user:canary@fhir.hospital.test/')).toThrow(
      /^The FHIR base URL holds a user name or password\. Remove it\.$/,
    );
  });
});

describe('an address under the base https://h.test/fhir/r4', () => {
  const base = fhirBase('https://h.test/fhir/r4');
  const under = (url: string) => isUnder(base, new URL(url));

  test.each([
    'https://h.test/fhir/r4',
    'https://h.test/fhir/r4/',
    'https://h.test/fhir/r4?_format=json',
    'https://h.test:443/fhir/r4/Device/1',
    'https://H.TEST/fhir/r4/Device?_tag=a',
  ])('is %s', (url) => expect(under(url)).toBe(true));

  test.each([
    ['another host', 'https://evil.test/fhir/r4/Device'],
    ['another port', 'https://h.test:8443/fhir/r4/Device'],
    ['another scheme', 'http://h.test/fhir/r4/Device'],
    ['a path that only begins alike', 'https://h.test/fhir/r4evil/Device'],
    ['a sibling', 'https://h.test/fhir/admin'],
    ['a path that climbs out', 'https://h.test/fhir/r4/../admin'],
    ['a path that climbs out, encoded', 'https://h.test/fhir/r4/%2e%2e/admin'],
    ['a path that climbs out with a backslash', 'https://h.test/fhir/r4\\..\\admin'],
    ['a base with a user', 'https://u@h.test/fhir/r4/Device'],
    ['a host that hides behind a user', 'https://h.test@evil.test/fhir/r4/Device'],
  ])('is not %s', (_what, url) => expect(under(url)).toBe(false));

  test('is everything of the origin when the base has no path', () => {
    expect(isUnder(fhirBase('https://h.test'), new URL('https://h.test/Device'))).toBe(true);
    expect(urlUnder(fhirBase('https://h.test/'), 'metadata').href).toBe('https://h.test/metadata');
  });
});

test('https to any host is secure, http only to this machine', () => {
  expect(isSecure(new URL('https://a.test'))).toBe(true);
  expect(isSecure(new URL('http://a.test'))).toBe(false);
  expect(isSecure(new URL('http://127.9.9.9'))).toBe(true);
});
