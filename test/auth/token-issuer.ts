import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { listen } from './local-server.ts';

export interface TokenIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  /** How often the JWKS was asked for. */
  readonly jwksRequests: () => number;
  /** Replaces the answer of the JWKS endpoint; without an argument it serves the keys again. */
  answerJwksWith(response?: { status: number; headers?: Record<string, string>; body?: string }): void;
  /** A new key; only a published one is in the JWKS. */
  newKey(alg: string): Promise<IssuerKey>;
  publish(key: IssuerKey): void;
  sign(key: IssuerKey, claims: JWTPayload, header?: object): Promise<string>;
  close(): Promise<void>;
}

export interface IssuerKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** An authorization server of the outside world, reduced to its JWKS endpoint and its pen. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const published: JWK[] = [];
  let requests = 0;
  let fixed: Parameters<TokenIssuer['answerJwksWith']>[0];
  const server = await listen((_request, response) => {
    requests++;
    const { status, headers, body } = fixed ?? { status: 200, body: JSON.stringify({ keys: published }) };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  return {
    issuer: server.url,
    jwksUri: `${server.url}/jwks`,
    jwksRequests: () => requests,
    answerJwksWith: (response) => {
      fixed = response;
    },
    newKey: newIssuerKey,
    publish: (key) => {
      published.push(key.jwk);
    },
    sign: (key, claims, header) =>
      new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.jwk.kid, ...header }).sign(key.privateKey),
    close: server.close,
  };
}

async function newIssuerKey(alg: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { alg, privateKey, jwk: { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) } };
}
