import { createPrivateKey } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { PrivateSigningJwk } from './keys.ts';

/**
 * Private keys as sites keep them: a JWK Set, one JWK, or a PKCS #8 PEM. What has no kid gets its thumbprint as one
 * (RFC 7638). Says nothing about whether they can sign: `loadSigningKeys` does. Throws a sentence without any content.
 */
export async function jwksInText(text: string): Promise<{ keys: readonly PrivateSigningJwk[] }> {
  if (/^\s*-----BEGIN /.test(text)) return { keys: [await named(jwkOfPem(text))] };
  const parsed = parsedJson(text);
  if (typeof parsed === 'object' && parsed !== null && 'kty' in parsed) return { keys: [await named(parsed as JWK)] };
  // What is no JWK Set either is refused, with its place, by whoever checks the set.
  return parsed as { keys: PrivateSigningJwk[] };
}

function jwkOfPem(pem: string): JWK {
  if (!pem.includes('-----BEGIN PRIVATE KEY-----')) {
    throw new Error('The PEM is no unencrypted PKCS #8 private key (it begins with "-----BEGIN PRIVATE KEY-----").');
  }
  try {
    return createPrivateKey(pem).export({ format: 'jwk' }) as JWK;
  } catch {
    throw new Error('The PEM cannot be read as a private key.');
  }
}

async function named(jwk: JWK): Promise<PrivateSigningJwk> {
  if (jwk.kid !== undefined) return jwk;
  const kid = await calculateJwkThumbprint(jwk).catch(() => {
    throw new Error('The key has not the members of a private RS384 or ES384 key.');
  });
  return { ...jwk, kid };
}

/** A JSON syntax error quotes the text around it, and here that is key material. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The key is neither valid JSON nor a PEM.');
  }
}
