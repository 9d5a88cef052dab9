import express, { Router } from 'express';
import type Provider from 'oidc-provider';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

export interface GatewayParts {
  readonly provider: Provider;
  readonly ehr: Sandbox;
  readonly fhirBaseUrl: string;
}

/** The EHR's FHIR API for tokens of the authorization server: each request goes on with a token of the sandbox for the same patient. */
export function gatewayRoutes({ provider, ehr, fhirBaseUrl }: GatewayParts): Router {
  const router = Router();
  router.get('/metadata', async (_request, response) => {
    const statement = await fetch(`${ehr.baseUrl}/metadata`);
    response.type('application/fhir+json').send(await statement.text());
  });
  router.use(express.text({ type: 'application/x-www-form-urlencoded' }), async (request, response) => {
    const [, opaque = ''] = /^Bearer (.+)$/.exec(request.get('authorization') ?? '') ?? [];
    const token = await provider.AccessToken.find(opaque);
    const patient = token?.extra?.patient;
    if (!token || token.aud !== fhirBaseUrl || typeof patient !== 'string') {
      response
        .set('WWW-Authenticate', 'Bearer error="invalid_token"')
        .status(401)
        .json({ resourceType: 'OperationOutcome' });
      return;
    }
    const inside = await ehr.issueAppToken({ clientId: String(token.clientId), scope: token.scope ?? '', patient });
    const answer = await fetch(ehr.baseUrl + request.url, {
      method: request.method,
      headers: {
        authorization: `Bearer ${inside}`,
        'content-type': request.get('content-type') ?? 'application/fhir+json',
      },
      body: typeof request.body === 'string' ? request.body : undefined,
    });
    const text = (await answer.text()).replaceAll(ehr.baseUrl, fhirBaseUrl);
    response.status(answer.status).type('application/fhir+json').send(text);
  });
  return router;
}
