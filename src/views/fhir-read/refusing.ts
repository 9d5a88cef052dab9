import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { denied } from '../../auth/bearer.ts';
import { type Answer, denialAnswer, refusal } from './answer.ts';
import { served } from './interactions.ts';
import type { FhirReadOptions } from './options.ts';
import { send } from './send.ts';

export const unknownAddress = refusal(404, 'not-found', 'There is nothing at this address.');

const readOnly = refusal(405, 'not-supported', 'This server is read only.');

/** What no interaction answers. Without a token nobody learns what is there and what is not. */
export function refuseRest(options: FhirReadOptions): RequestHandler {
  return async (request, response) => {
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const refused = isReading ? unknownAddress : { ...readOnly, headers: { Allow: allowed(request.path) } };
    const { answer } = await recorded(options, request, response, refused);
    send(request, response, { answer, pretty: false });
  };
}

/** What cannot be read, such as a body that is too large: whoever has no token is told of that alone. */
export function refuseUnread(options: FhirReadOptions): ErrorRequestHandler {
  return async (error: { status?: number }, request, response, next) => {
    const { status = 500 } = error;
    // A failure of ours was written down where it happened.
    if (status >= 500) return next(error);
    const { answer, isKnown } = await recorded(options, request, response, { status, body: '' });
    if (isKnown) next(error);
    else send(request, response, { answer, pretty: false });
  };
}

/** The refusal, or that the token is none, written down before anybody gets it. */
async function recorded(options: FhirReadOptions, request: Request, response: Response, refused: Answer) {
  const principal = await options.check(request.get('authorization'));
  const isKnown = !denied(principal);
  const answer = isKnown ? refused : denialAnswer(principal);
  await options.record({
    ...{ tenant: options.tenant, environment: isKnown ? principal.environment : 'live' },
    ...{ interaction: 'operation', operation: request.method, status: answer.status },
    ...(isKnown && { who: principal }),
    requestId: response.get('X-Request-Id') ?? '',
    network: request.ip,
  });
  return { answer, isKnown };
}

/** The methods of an address, for those who tried another one. */
function allowed(path: string): string {
  const here = served.find((one) => patternOf(one.path).test(path));
  const methods = (here?.methods ?? ['get']).flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : ['POST']));
  return [...methods, 'OPTIONS'].join(', ');
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('$', '\\$').replaceAll(/:\w+/g, '[^/]+')}/?$`);
