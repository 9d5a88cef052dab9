import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import type { SignedIn } from '../../../auth/sign-in-guard.ts';
import { messagePage } from '../../board/layout.ts';
import { pageSecurity } from '../../board/routes.ts';
import { askerOf, viewerOf } from './asker.ts';
import { itemPage } from './item-page.ts';
import { may, reviewStylePath } from './layout.ts';
import { listPage } from './list-page.ts';
import type { Asker, ReviewLook, ReviewOptions, Said } from './options.ts';
import { addressOf, questionOf, type ReviewQuestion } from './question.ts';

/**
 * `/admin/review` for people: what a human has to decide, item by item. Whoever sends a token means the operators' own
 * interface, which answers in JSON.
 */
export function reviewRoutes(options: ReviewOptions): Router {
  const router = Router();
  router.use('/admin/review', forPeople, pageSecurity);
  const style = readFileSync(join(import.meta.dirname, 'style.css'), 'utf8');
  router.get(reviewStylePath, (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').type('css').send(style);
  });
  const { requirePerson } = options;
  const form = urlencoded({ extended: false, limit: '16kb' });
  router.get('/admin/review', requirePerson('viewer'), showList(options));
  router.post('/admin/review/find', form, requirePerson('viewer'), find(options));
  router.post('/admin/review/retry', form, requirePerson('operator'), retryAll(options));
  router.post('/admin/review/purge', form, requirePerson('admin'), purge(options));
  router.post('/admin/review/proposals', form, requirePerson('admin'), propose(options));
  router.post('/admin/review/proposals/:id/:answer', form, requirePerson('admin'), decideProposal(options));
  router.get('/admin/review/:id', requirePerson('viewer'), showItem(options));
  router.post('/admin/review/:id/retry', form, requirePerson('operator'), retry(options));
  router.post('/admin/review/:id/dismiss', form, requirePerson('operator'), dismiss(options));
  router.post('/admin/review/:id/map', form, requirePerson('mapper'), addCode(options));
  return router;
}

const forPeople: RequestHandler = (request, _response, next) =>
  request.get('authorization') === undefined ? next() : next('router');

const itemsOnPage = 50;

function showList(options: ReviewOptions): RequestHandler {
  return async (request, response) => {
    const question = asked(request, response);
    if (!question) return absent(response);
    const asker = askerOf(response);
    const list = await options.list(asker, question, itemsOnPage);
    const proposals = await options.proposals(asker);
    const said = await takeSaid(options, request, response);
    const patients = [...new Set(list.lines.flatMap(({ patientId }) => patientId ?? []))];
    await options.record(lookOf(request, response, { operation: 'review', patients, query: addressOf(question, '') }));
    const content = { question, list, proposals, kept: options.kept, said };
    response.type('html').send(listPage({ viewer: viewerOf(response, options), ...content }));
  };
}

function showItem(options: ReviewOptions): RequestHandler {
  return async (request, response) => {
    const asker = askerOf(response);
    const id = idOf(request);
    const item = id === undefined ? undefined : await options.item(asker, id);
    if (!item) return absent(response);
    const viewer = viewerOf(response, options);
    const sees = may(viewer, 'operator') ? 'review-message' : 'review';
    const patients = item.patientId === undefined ? [] : [item.patientId];
    // Before anything of it is opened: what is not written down is not shown.
    await options.record(lookOf(request, response, { operation: sees, patients, query: `item=${item.id}` }));
    const inside = sees === 'review-message' ? await options.inside(asker, item.id) : undefined;
    const history = await options.history(item.id);
    const said = await takeSaid(options, request, response);
    response.type('html').send(itemPage({ viewer, item, history, inside, said }));
  };
}

const find =
  ({ remember }: ReviewOptions): RequestHandler =>
  async (request, response) => {
    const { words = '', clear } = request.body as { words?: unknown; clear?: unknown };
    const text = typeof words === 'string' && clear === undefined ? words.trim().slice(0, longestWords) : '';
    await remember(request, response, 'reviewWords', text);
    const question = questionOf(request.query);
    response.redirect(303, question ? addressOf(question) : '/admin/review');
  };

const longestWords = 100;

function retryAll(options: ReviewOptions): RequestHandler {
  return async (request, response) => {
    const question = asked(request, response);
    if (!question) return absent(response);
    await tell(options, request, response, await options.retryAll(askerOf(response), question));
    response.redirect(303, addressOf(question));
  };
}

function purge(options: ReviewOptions): RequestHandler {
  return async (request, response) => {
    await tell(options, request, response, await options.purge(askerOf(response)));
    response.redirect(303, '/admin/review');
  };
}

function propose(options: ReviewOptions): RequestHandler {
  return async (request, response) => {
    const question = asked(request, response);
    const reason = reasonIn(request);
    if (!question || reason === undefined) return absent(response);
    await tell(options, request, response, await options.propose(askerOf(response), question, reason));
    response.redirect(303, addressOf(question));
  };
}

function decideProposal(options: ReviewOptions): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    const { answer } = request.params;
    if (id === undefined || (answer !== 'confirm' && answer !== 'withdraw')) return absent(response);
    await tell(options, request, response, await options.decideProposal(askerOf(response), id, answer));
    response.redirect(303, '/admin/review');
  };
}

const retry = (options: ReviewOptions) => decide(options, (asker, id) => options.retry(asker, id));

const dismiss = (options: ReviewOptions) =>
  decide(options, (asker, id, request) => {
    const reason = reasonIn(request);
    return reason === undefined ? undefined : options.dismiss(asker, id, reason);
  });

const addCode = (options: ReviewOptions) =>
  decide(options, (asker, id, request) => {
    const row = codeRow.safeParse(request.body);
    return row.success ? options.addCode(asker, id, row.data) : undefined;
  });

/** Undefined where the form is not as the page writes it. */
function decide(
  options: ReviewOptions,
  work: (asker: Asker, id: number, request: Request) => Promise<Said> | undefined,
): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    const said = id === undefined ? undefined : await work(askerOf(response), id, request);
    if (!said) return absent(response);
    await tell(options, request, response, said);
    response.redirect(303, `/admin/review/${id}`);
  };
}

const codeRow = z.object({
  of: z.coerce.number().int().nonnegative(),
  code: z.string(),
  target: z.string().transform((text, context) => {
    const [, system, code] = /^(\S+)\|([^|]+)$/.exec(text) ?? [];
    if (system !== undefined && code !== undefined) return { system, code };
    context.addIssue('system|code');
    return z.NEVER;
  }),
  equivalence: z.enum(['equivalent', 'wider']),
  reason: z.string().trim().min(1).max(300),
});

const reasonText = z.object({ reason: z.string().trim().min(1).max(500) });
const reasonIn = (request: Request): string | undefined => reasonText.safeParse(request.body).data?.reason;

const itemId = z.coerce.number().int().positive();
const idOf = (request: Request): number | undefined => itemId.safeParse(request.params.id).data;

function asked(request: Request, response: Response): ReviewQuestion | undefined {
  const { session } = response.locals as SignedIn;
  return questionOf(request.query, session.remembered.reviewWords);
}

/** What came of it is told on the next page, once. It stays in the session: an address would keep it. */
const tell = ({ remember }: ReviewOptions, request: Request, response: Response, { says }: Said): Promise<void> =>
  remember(request, response, 'reviewSaid', says.slice(0, longestSaid));

const longestSaid = 400;

async function takeSaid(
  { remember }: ReviewOptions,
  request: Request,
  response: Response,
): Promise<string | undefined> {
  const { session } = response.locals as SignedIn;
  const said = session.remembered.reviewSaid;
  if (said) await remember(request, response, 'reviewSaid', '');
  return said || undefined;
}

function lookOf(
  request: Request,
  response: Response,
  look: Pick<ReviewLook, 'operation' | 'patients' | 'query'>,
): ReviewLook {
  const { person } = response.locals as SignedIn;
  const { issuer, subject, tenant, environment } = person;
  const requestId = String(response.get('X-Request-Id') ?? '');
  return { ...look, tenant, environment, who: { issuer, subject }, status: 200, requestId, network: request.ip };
}

function absent(response: Response): void {
  const says = ['There is no such item or list here, or the form was not complete.'];
  const page = messagePage('Not found', says, { href: '/admin/review', words: 'To what a human has to decide' });
  response.status(404).type('html').send(page);
}
