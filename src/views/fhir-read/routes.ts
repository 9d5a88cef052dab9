import cors from 'cors';
import express, { type RequestHandler, Router } from 'express';
import { denied } from '../../auth/bearer.ts';
import { answerWith, denialAnswer, refusal } from './answer.ts';
import { answering, operationMediaTypes } from './answering.ts';
import type { Handler } from './asked.ts';
import { everything } from './everything.ts';
import { find } from './find.ts';
import { history } from './history.ts';
import { type Served, served } from './interactions.ts';
import { formatOf } from './media-type.ts';
import type { FhirReadOptions } from './options.ts';
import { sentParameters } from './parameters.ts';
import { pumpStatus } from './pump-status.ts';
import { read, readVersion } from './read.ts';
import { send } from './send.ts';
import { capabilityStatement } from './statement.ts';

/** The FHIR API of one tenant, to be mounted at its base. It reads; whatever would write is refused. */
export function fhirReadRoutes(options: FhirReadOptions): Router {
  const router = Router();
  const open = cors({ origin: '*', ...corsHeaders });
  router.get('/metadata', open, statement(options));
  router.get('/.well-known/smart-configuration', open, smartConfiguration(options));
  router.options(['/metadata', '/.well-known/smart-configuration'], open);
  router.use(cors({ origin: [...options.allowOrigins], ...corsHeaders }));
  router.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' }));
  router.use(express.json({ type: operationMediaTypes, limit: '64kb' }));
  for (const what of served) {
    for (const method of what.methods) router[method](what.path, answering(options, what, handlerOf(what, options)));
  }
  router.use(refuseRest(options));
  return router;
}

const corsHeaders = {
  methods: ['GET', 'HEAD', 'POST'],
  exposedHeaders: ['ETag', 'Last-Modified', 'WWW-Authenticate', 'X-Request-Id'],
  maxAge: 600,
};

function handlerOf({ code }: Served, options: FhirReadOptions): Handler {
  const handlers: Readonly<Record<Served['code'], Handler>> = {
    read: (asked) => read(asked, options),
    vread: (asked) => readVersion(asked, options),
    'history-instance': (asked) => history(asked, options),
    'search-type': (asked) => find(asked, options),
    everything: (asked) => everything(asked, options),
    'pump-status': (asked) => pumpStatus(asked, options),
  };
  return handlers[code];
}

/** Open to all: it says what is served, not to whom. */
function statement(options: FhirReadOptions): RequestHandler {
  return async (request, response) => {
    const format = formatOf(request, sentParameters(request));
    const answer = format ? answerWith(capabilityStatement(options, await options.smartConfiguration())) : notJson;
    send(request, response, { answer, pretty: format?.pretty ?? false });
  };
}

function smartConfiguration(options: FhirReadOptions): RequestHandler {
  return async (request, response) => {
    const document = await options.smartConfiguration();
    if (document) response.json(document);
    else send(request, response, { answer: unknownAddress, pretty: false });
  };
}

const notJson = refusal(406, 'not-supported', 'This server answers in JSON only: application/fhir+json.');
const readOnly = refusal(405, 'not-supported', 'This server is read only.');
const unknownAddress = refusal(404, 'not-found', 'There is nothing at this address.');

/** Without a token nobody learns what is there and what is not. */
function refuseRest({ check }: FhirReadOptions): RequestHandler {
  return async (request, response) => {
    const principal = await check(request.get('authorization'));
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const refused = isReading ? unknownAddress : { ...readOnly, headers: { Allow: allowed(request.path) } };
    send(request, response, { answer: denied(principal) ? denialAnswer(principal) : refused, pretty: false });
  };
}

/** The methods of an address, for those who tried another one. */
function allowed(path: string): string {
  const here = served.find((one) => patternOf(one.path).test(path));
  const methods = (here?.methods ?? ['get']).flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : ['POST']));
  return [...methods, 'OPTIONS'].join(', ');
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('$', '\\$').replaceAll(/:\w+/g, '[^/]+')}/?$`);
