import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RequestHandler, Router, urlencoded } from 'express';
import helmet from 'helmet';
import { operationOutcome } from '../../fhir/outcome.ts';
import { askerOf, lookOf, personOrApp, questionOf, viewerOf } from './asker.ts';
import { boardPage } from './board-page.ts';
import { countsOf, ownersOf } from './counts.ts';
import { csvLines, csvStart } from './csv.ts';
import { messagePage, stylePath } from './layout.ts';
import { linesOf } from './lines.ts';
import type { BoardOptions } from './options.ts';
import { patientRoutes } from './patient-routes.ts';
import { taskBundle } from './task.ts';
import { addressOf } from './view.ts';
import { notice } from './words.ts';

/**
 * The refill board of a clinic: `/board` for people; `/board.csv`, `/board.json` and `/board.fhir` for people and, the last
 * two, for apps with a token.
 */
export function boardRoutes(options: BoardOptions): Router {
  const router = Router();
  const style = readFileSync(join(import.meta.dirname, 'style.css'), 'utf8');
  router.get(stylePath, (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').type('css').send(style);
  });
  router.use(['/board', '/sign-in', '/sign-out'], pageSecurity);
  router.get('/board', options.requirePerson('viewer'), showBoard(options));
  const form = urlencoded({ extended: false, limit: '16kb' });
  router.post('/board/find', form, options.requirePerson('viewer'), options.remember, (request, response) => {
    const { search } = new URL(request.originalUrl, options.publicUrl);
    response.redirect(303, `/board${search}`);
  });
  router.get('/board.csv', options.requirePerson('viewer'), sendCsv(options));
  router.get('/board.json', personOrApp(options), sendJson(options));
  router.get('/board.fhir', personOrApp(options), sendTasks(options));
  router.use(patientRoutes(options));
  return router;
}

/** Nothing inline, nothing from elsewhere, forms only to us. Same-origin referrers let older browsers state their origin. */
export const pageSecurity: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'same-origin' },
});

const rowsOnPage = 50;
const rowsInAnswer = 500;
const rowsAtOnce = 200;
const catchUpMs = 500;

function showBoard(options: BoardOptions): RequestHandler {
  const { store, reading, settings, record } = options;
  return async (request, response) => {
    const asker = askerOf(response);
    const question = questionOf(request, asker, options);
    if (!question) return notOnBoard(response);
    const { behind } = await reading.catchUp(question.clinic, catchUpMs);
    const { lines, next } = await linesOf({ db: store.db, reading }, question, rowsOnPage);
    const { view, narrowing, clinic, day } = question;
    const content = {
      ...{ viewer: viewerOf(response, options), view, narrowing, settings, lines, next, behind },
      ...{ at: day.at, today: day.today },
      counts: await countsOf(store.db, question),
      owners: await ownersOf(store.db, clinic),
    };
    await record(lookOf(request, response, asker, idsOf(lines)));
    response.type('html').send(boardPage(content));
  };
}

const idsOf = (lines: readonly { readonly patient: string }[]): string[] => lines.map(({ patient }) => patient);

type Answer = Parameters<RequestHandler>[1];

function notOnBoard(response: Answer): void {
  const says = ['The address asks for something that the board does not have.'];
  const page = messagePage('No such list', says, { href: '/board', words: 'To the refill board' });
  response.status(400).type('html').send(page);
}

function unusable(response: Answer): void {
  const diagnostics = 'state, sort, direction and after are understood';
  response
    .status(400)
    .type('application/fhir+json')
    .send(JSON.stringify(operationOutcome([{ severity: 'error', code: 'value', diagnostics }])));
}

/** All pages, one after the other, each written down before it is sent. */
function sendCsv(options: BoardOptions): RequestHandler {
  const { store, reading, record } = options;
  return async (request, response) => {
    const asker = askerOf(response);
    const question = questionOf(request, asker, options);
    if (!question) return unusable(response);
    await reading.catchUp(question.clinic, catchUpMs);
    response.attachment(`refill-board-${question.day.today}.csv`).type('text/csv; charset=utf-8');
    response.write(csvStart());
    for (let after = question.view.after, isFirst = true; isFirst || after; isFirst = false) {
      const page = { ...question, view: { ...question.view, after } };
      const { lines, next } = await linesOf({ db: store.db, reading }, page, rowsAtOnce);
      await record(lookOf(request, response, asker, idsOf(lines)));
      if (response.destroyed) return;
      const isTaken = response.write(csvLines(lines, question.day.at.toString({ smallestUnit: 'second' })));
      if (!isTaken) await drained(response);
      after = next;
    }
    response.end();
  };
}

/** A reader who goes away drains nothing more. */
const drained = (response: Answer): Promise<void> =>
  new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });

function sendJson(options: BoardOptions): RequestHandler {
  const { store, reading, record } = options;
  return async (request, response) => {
    const asker = askerOf(response);
    const question = questionOf(request, asker, options);
    if (!question) return unusable(response);
    const { behind } = await reading.catchUp(question.clinic, catchUpMs);
    const { lines, next } = await linesOf({ db: store.db, reading }, question, rowsInAnswer);
    const { view, clinic, day } = question;
    const counts = await countsOf(store.db, question);
    await record(lookOf(request, response, asker, idsOf(lines)));
    response.json({
      ...{ schemaVersion: 1, notice, ...clinic, asOf: day.at.toString(), today: day.today },
      ...{ state: view.show, counts, patientsBehind: behind, lines },
      next: next ? `${options.publicUrl}/board.json${addressOf({ ...view, after: next })}` : null,
    });
  };
}

function sendTasks(options: BoardOptions): RequestHandler {
  const { store, reading, record, publicUrl, identifierSystem } = options;
  return async (request, response) => {
    const asker = askerOf(response);
    const question = questionOf(request, asker, options);
    if (!question) return unusable(response);
    await reading.catchUp(question.clinic, catchUpMs);
    const { lines, next } = await linesOf({ db: store.db, reading }, question, rowsInAnswer);
    const { view, clinic, day } = question;
    const address = (one: typeof view) => `${publicUrl}/board.fhir${addressOf(one).replace(/\?$/, '')}`;
    const links = { self: address(view), ...(next && { next: address({ ...view, after: next }) }) };
    await record(lookOf(request, response, asker, idsOf(lines)));
    const bundle = taskBundle(lines, { ...clinic, ...links, identifierSystem, at: day.at });
    response.type('application/fhir+json').send(JSON.stringify(bundle));
  };
}
