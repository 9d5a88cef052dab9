import { afterEach, describe, expect, test } from 'vitest';
import { type AccessSite, newKey, startAccessSite } from './access-site.ts';

let site: AccessSite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

describe('the service does not start', () => {
  test('where no key of ours signs tokens with ES384', async () => {
    const [rsa, ec] = [await newKey('RS384'), await newKey()];
    const start = startAccessSite({
      file: ({ keyFile }) => ({ tokens: { signingKeysFile: keyFile('keys.json', rsa, { ...ec, state: 'retired' }) } }),
    });
    await expect(start).rejects.toThrow(
      'No key of tokens.signingKeysFile signs with ES384. Make one: itb-fhir keys new',
    );
  });

  test('where the key file of a client holds a private key, whose content is not told', async () => {
    const key = await newKey();
    const start = startAccessSite({
      file: ({ keyFile }) => ({
        tokens: {
          signingKeysFile: keyFile('keys.json', key),
          clients: [{ clientId: 'a', jwksFile: keyFile('client.json', key), scopes: ['system/*.rs'] }],
        },
      }),
    });
    await expect(start).rejects.toThrow(/^The file \S+client\.json is not a set of public keys\.$/);
  });

  test('where the key with which we ask an issuer cannot be used', async () => {
    const start = startAccessSite({
      file: ({ keyFile }) => {
        const introspection = { url: 'https://i.test', clientId: 'a', signingKeysFile: keyFile('asking.json') };
        return { issuers: [{ issuer: 'https://i.test', introspection }] };
      },
    });
    await expect(start).rejects.toThrow('The key file is not a set of private RS384 or ES384 keys with a kid.');
  });
});

test('keys of ours that are published, and those that sign, are in our JWKS; retired ones are not', async () => {
  const [signs, published, retired] = [await newKey(), await newKey(), await newKey()];
  site = await startAccessSite({
    file: ({ keyFile }) => ({
      tokens: {
        signingKeysFile: keyFile(
          'keys.json',
          ...[signs, { ...published, state: 'published' as const }, { ...retired, state: 'retired' as const }],
        ),
      },
    }),
  });
  const keys = await site.app.keys.current();
  expect(keys.filter(({ state }) => state !== 'retired').map(({ kid }) => kid)).toEqual([signs.kid, published.kid]);
});
