import { json, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { operationOutcome } from '../../fhir/outcome.ts';

/** What came of a decision about an item. */
export interface Decided {
  readonly outcome: 'done' | 'still-refused' | 'nothing-to-retry' | 'not-open' | 'not-found';
  readonly says: string;
}

export interface ReviewQuery {
  readonly tenant: string;
  readonly state: 'open' | 'closed';
  readonly patientId?: string | undefined;
  readonly destination?: string | undefined;
  readonly code?: string | undefined;
  /** A source system, or the name of a field map. */
  readonly source?: string | undefined;
  /** Continues after this item. */
  readonly afterId: number;
}

export interface AdminRouteOptions {
  /** Lets only operators through. */
  readonly guard: RequestHandler;
  readonly destinations: () => Promise<readonly object[]>;
  /** One page of items, in the order of their ids. */
  readonly items: (query: ReviewQuery) => Promise<readonly (object & { readonly id: number })[]>;
  readonly item: (tenant: string, id: number) => Promise<object | undefined>;
  readonly retry: (tenant: string, id: number) => Promise<Decided>;
  readonly dismiss: (tenant: string, id: number, reason: string) => Promise<Decided>;
}

/**
 * For operators' own tools, on this machine: how destinations stand, and what a human has to decide. Items may quote what
 * senders wrote.
 */
export function adminRoutes(options: AdminRouteOptions): Router {
  const { guard } = options;
  const router = Router();
  router.use('/admin', guard, (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/admin/destinations', async (_request, response) => {
    response.json({ destinations: await options.destinations() });
  });
  router.get('/admin/review', async (request, response) => {
    const query = reviewQuery.safeParse(request.query);
    if (!query.success)
      return unusable(
        response,
        'tenant, state (open or closed), patient, destination, code, source and after are understood',
      );
    const { patient: patientId, after: afterId, ...rest } = query.data;
    const items = await options.items({ ...rest, patientId, afterId });
    response.json({ items, after: items.at(-1)?.id ?? null });
  });
  router.get('/admin/review/:id', async (request, response) => {
    const named = itemNamed.safeParse({ ...request.query, id: request.params.id });
    const item = named.success ? await options.item(named.data.tenant, named.data.id) : undefined;
    if (item) response.json(item);
    else absent(response);
  });
  router.post('/admin/review/:id/retry', async (request, response) => {
    const named = itemNamed.safeParse({ ...request.query, id: request.params.id });
    if (!named.success) return absent(response);
    decided(response, await options.retry(named.data.tenant, named.data.id));
  });
  router.post('/admin/review/:id/dismiss', json({ limit: '4kb' }), async (request, response) => {
    const named = itemNamed.safeParse({ ...request.query, id: request.params.id });
    if (!named.success) return absent(response);
    const body = dismissal.safeParse(request.body);
    if (!body.success) return unusable(response, 'send { "reason": "…" } as JSON, without names or record numbers');
    decided(response, await options.dismiss(named.data.tenant, named.data.id, body.data.reason));
  });
  return router;
}

const tenant = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/)
  .default('default');

const reviewQuery = z.strictObject({
  tenant,
  state: z.enum(['open', 'closed']).default('open'),
  patient: z.string().optional(),
  destination: z.string().optional(),
  code: z.string().optional(),
  source: z.string().optional(),
  after: z.coerce.number().int().min(0).default(0),
});

const itemNamed = z.strictObject({ tenant, id: z.coerce.number().int().min(1) });

const dismissal = z.strictObject({ reason: z.string().trim().min(1).max(500) });

const statusOf = {
  done: 200,
  'still-refused': 422,
  'nothing-to-retry': 409,
  'not-open': 409,
  'not-found': 404,
} as const;

function decided(response: Response, { outcome, says }: Decided): void {
  if (outcome === 'done') response.json({ outcome, says });
  else refuse(response, statusOf[outcome], outcome === 'not-found' ? 'not-found' : 'conflict', says);
}

const absent = (response: Response): void => refuse(response, 404, 'not-found', 'There is no item with this number.');

const unusable = (response: Response, says: string): void => refuse(response, 400, 'invalid', says);

function refuse(
  response: Response,
  status: number,
  code: 'not-found' | 'conflict' | 'invalid',
  diagnostics: string,
): void {
  response
    .status(status)
    .type('application/fhir+json')
    .send(JSON.stringify(operationOutcome([{ severity: 'error', code, diagnostics }])));
}
