import express from 'express';
import type { LocalServer } from './local-server.ts';
import { listen } from './local-server.ts';

export interface Hospital {
  readonly fhirBaseUrl: string;
  readonly tokenEndpoint: string;
  /** The form of every token request, in order. */
  readonly tokenRequests: ReadonlyArray<Record<string, string>>;
  readonly configurationRequests: () => number;
  close(): Promise<void>;
}

export interface HospitalAnswers {
  readonly algorithms?: readonly string[];
  /** The answer to the n-th token request, counted from 1. */
  readonly token?: (n: number, response: express.Response) => unknown;
}

/** A FHIR server and its authorization server, on two origins, that answers as the test says. */
export async function startHospital({ algorithms, token = grantToken }: HospitalAnswers = {}): Promise<Hospital> {
  const tokenRequests: Array<Record<string, string>> = [];
  let configurationRequests = 0;
  const authorization: LocalServer = await listen(
    express()
      .use(express.urlencoded())
      .post('/token', (request, response) => {
        tokenRequests.push(request.body);
        token(tokenRequests.length, response);
      }),
  );
  const tokenEndpoint = `${authorization.url}/token`;
  const fhir = await listen(
    express().get('/fhir/.well-known/smart-configuration', (_request, response) => {
      configurationRequests++;
      response.json({
        token_endpoint: tokenEndpoint,
        token_endpoint_auth_signing_alg_values_supported: algorithms,
      });
    }),
  );
  return {
    fhirBaseUrl: `${fhir.url}/fhir`,
    tokenEndpoint,
    tokenRequests,
    configurationRequests: () => configurationRequests,
    close: async () => {
      await Promise.all([fhir.close(), authorization.close()]);
    },
  };
}

export const grantToken = (n: number, response: express.Response): unknown =>
  response.json({ access_token: `token-${n}`, token_type: 'bearer', expires_in: 300, scope: 'system/Device.crus' });
