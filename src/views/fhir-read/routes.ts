import cors from 'cors';
import express, { type RequestHandler, Router } from 'express';
import { answerWith, refusal } from './answer.ts';
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
import { refuseRest, refuseUnread, unknownAddress } from './refusing.ts';
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
  router.use(refuseRest(options), refuseUnread(options));
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
