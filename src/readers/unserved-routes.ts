import { type Request, type RequestHandler, Router } from 'express';
import type { AccessAudit } from '../audit/access.ts';
import { denied } from '../auth/bearer.ts';
import type { Access } from './access.ts';

/**
 * What nobody serves of the FHIR API and of pump status: where there are several tenants their addresses at the root, those
 * of a tenant that there is not, and what is below a status. It is not there, and whoever looked for it is written down.
 */
export function unservedRoutes(accepts: Pick<Access, 'check' | 'urls'>, { record }: AccessAudit): Router {
  const unserved: RequestHandler = async (request, response, next) => {
    const stated = statedTenant(request, accepts);
    const principal = await accepts.check(request.get('authorization'), stated);
    const isKnown = !denied(principal);
    await record({
      tenant: stated ?? (isKnown ? principal.tenant : nobodys),
      environment: isKnown ? principal.environment : 'live',
      ...{ interaction: 'operation', operation: request.method, status: 404 },
      ...(isKnown && { who: principal }),
      requestId: response.get('X-Request-Id') ?? '',
      network: request.ip,
    });
    next();
  };
  return Router().use(['/fhir', '/status', '/t/:tenant/fhir', '/t/:tenant/status'], unserved);
}

/** Where the audit of strangers who name no tenant of ours is kept. */
const nobodys = 'default';

function statedTenant({ params }: Request, { urls }: Pick<Access, 'urls'>): string | undefined {
  return urls.tenants.find((tenant) => tenant === params.tenant) ?? urls.only;
}
