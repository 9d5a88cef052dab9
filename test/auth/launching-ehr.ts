import { createHash } from 'node:crypto';
import express from 'express';
import type { JWTPayload } from 'jose';
import type { ConfigFile } from '../../src/config.ts';
import { mrnSystem } from '../http/sample-events.ts';
import { listen } from './local-server.ts';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

export interface LaunchingEhr {
  readonly issuer: TokenIssuer;
  readonly fhirBaseUrl: string;
  /** What its FHIR server was asked, in order: path and Authorization header. */
  readonly asked: ReadonlyArray<{ readonly path: string; readonly authorization: string | undefined }>;
  /** An id_token of a launch of our app; `changed` replaces its claims. */
  idToken(changed?: JWTPayload, header?: object): Promise<string>;
  /** The token that shows the patient `there-1`, and nobody else. */
  readonly accessToken: string;
  /** What its FHIR server answers whoever has that token. */
  answerWith(answer: { readonly status: number; readonly body: object }): void;
  close(): Promise<void>;
}

export const appClientId = 'pump-page';

/** An EHR that launches our app, reduced to its id_tokens and the one Patient that its access token reads. */
export async function startLaunchingEhr(clock: () => Temporal.Instant): Promise<LaunchingEhr> {
  const issuer = await startTokenIssuer();
  const key: IssuerKey = await issuer.newKey('ES384');
  issuer.publish(key);
  const accessToken = 'ehr-access-token';
  const asked: Array<{ path: string; authorization: string | undefined }> = [];
  let answer: { status: number; body: object } = { status: 200, body: { resourceType: 'Patient', id: 'there-1' } };
  const server = await listen(
    express().get('/fhir/Patient/:id', (request, response) => {
      const authorization = request.get('authorization');
      asked.push({ path: request.path, authorization });
      const isKnown = authorization === `Bearer ${accessToken}` && request.params.id === 'there-1';
      response.status(isKnown ? answer.status : 403).json(isKnown ? answer.body : {});
    }),
  );
  return {
    ...{ issuer, asked, accessToken, fhirBaseUrl: `${server.url}/fhir` },
    idToken(changed = {}, header = {}) {
      const nowSeconds = Math.floor(clock().epochMilliseconds / 1000);
      const claims = {
        iss: issuer.issuer,
        aud: appClientId,
        sub: 'clinician-1',
        iat: nowSeconds,
        exp: nowSeconds + 300,
      };
      return issuer.sign(key, { ...claims, nonce: 'n', ...changed }, header);
    },
    answerWith: (next) => {
      answer = next;
    },
    async close() {
      await Promise.all([server.close(), issuer.close()]);
    },
  };
}

/** Our configuration where its launches are exchanged, and its patients are those of the destination `ehr`. */
export function exchangingWith(
  { issuer, fhirBaseUrl }: LaunchingEhr,
  signingKeysFile: string,
  over: { readonly exchange?: object; readonly issuer?: object } = {},
): ConfigFile {
  const exchange = { clientIds: [appClientId], fhirBaseUrl, ...over.exchange };
  const systems = { [mrnSystem]: mrnSystem };
  const { issuer: name, jwksUri } = issuer;
  return {
    tokens: { signingKeysFile },
    destinations: [
      {
        ...{ name: 'ehr', environment: 'live', fhirBaseUrl, clientId: 'itb', signingKeysFile },
        patientIdentifierSystems: systems,
      },
    ],
    issuers: [{ issuer: name, jwksUri, patientIdsOf: 'ehr', exchange, ...over.issuer }],
  };
}

/** `at_hash` of an id_token that is signed with ES384. */
export const hashOf = (token: string): string =>
  createHash('sha384').update(token).digest().subarray(0, 24).toString('base64url');
