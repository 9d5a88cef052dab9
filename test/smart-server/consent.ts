import { type Request, type Response, Router } from 'express';
import type Provider from 'oidc-provider';
import type { LaunchContext, LaunchContexts } from './launch-contexts.ts';

export interface ConsentParts {
  readonly provider: Provider;
  readonly contexts: LaunchContexts;
  readonly patients: () => readonly { readonly id: string; readonly name: string }[];
}

const user = 'ehr-user';

/** Where oidc-provider sends the user's browser: signed in and agreed to at once, but for the choice of a patient. */
export function consentRoutes({ provider, contexts, patients }: ConsentParts): Router {
  const router = Router();
  router.get('/:uid', async (request, response) => {
    const { params } = await provider.interactionDetails(request, response);
    const scopes = String(params.scope ?? '').split(' ');
    const chosen = patients().find(({ id }) => id === request.query.patient);
    const context = contexts.of(params.launch) ?? (chosen && { patient: chosen.id });
    if (!context && scopes.includes('launch/patient')) return choice(response, request.params.uid, patients());
    if (params.launch !== undefined && !contexts.of(params.launch)) return refuse(request, response, provider);
    await agree(request, response, { provider, contexts, params, scopes, context });
  });
  return router;
}

function choice(response: Response, uid: string, patients: ReturnType<ConsentParts['patients']>): void {
  const links = patients.map(
    ({ id, name }) => `<li><a href="${uid}?patient=${encodeURIComponent(id)}">${name}</a></li>`,
  );
  response.type('html').send(`<!doctype html><title>Choose a patient</title><h1>Choose</h1><ul>${links.join('')}</ul>`);
}

const refuse = (request: Request, response: Response, provider: Provider) =>
  provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'unknown launch' });

interface Agreement {
  readonly provider: Provider;
  readonly contexts: LaunchContexts;
  readonly params: Record<string, unknown>;
  readonly scopes: readonly string[];
  readonly context: LaunchContext | undefined;
}

async function agree(request: Request, response: Response, { provider, contexts, params, scopes, context }: Agreement) {
  const grant = new provider.Grant({ accountId: user, clientId: String(params.client_id) });
  grant.addOIDCScope(scopes.filter((scope) => scope === 'openid' || scope === 'fhirUser').join(' '));
  grant.addOIDCClaims(['sub', 'fhirUser']);
  grant.addResourceScope(String(params.resource ?? params.aud), scopes.join(' '));
  const grantId = await grant.save();
  if (context) contexts.remember(grantId, context);
  const result = { login: { accountId: user }, consent: { grantId } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
