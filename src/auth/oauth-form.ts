import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';

/** An answer of one of our OAuth endpoints. */
export interface OAuthAnswer {
  readonly status: number;
  readonly body: object;
}

export type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable';

/** RFC 6749 §5.2. The description repeats nothing of what was sent. */
export const refused = (error: OAuthError, description: string): OAuthAnswer => ({
  status: error === 'invalid_client' ? 401 : error === 'temporarily_unavailable' ? 503 : 400,
  body: { error, error_description: description },
});

/** An endpoint that takes a form. */
export interface FormEndpoint<Place> {
  /** What it belongs to, by its address; undefined: there is none at that address. */
  readonly placeOf: (request: Request) => Place | undefined;
  readonly answer: (form: URLSearchParams, place: Place, request: Request) => Promise<OAuthAnswer>;
  /** Writes down what is not granted, before anybody is told so. `error` is one of OAuth's. */
  readonly refused: (what: { status: number; error?: string }, place: Place, request: Request) => Promise<void>;
}

/** The handlers of an endpoint that takes a form and answers JSON that nobody may keep (RFC 6749 §5.1). */
export function formEndpoint<Place>(endpoint: FormEndpoint<Place>): (RequestHandler | ErrorRequestHandler)[] {
  const form = express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' });
  return [form, answering(endpoint), failed(endpoint)];
}

function answering<Place>(endpoint: FormEndpoint<Place>): RequestHandler {
  return async (request, response, next) => {
    const place = endpoint.placeOf(request);
    if (place === undefined) return next();
    const answer = await answerTo(request, place, endpoint);
    const { status, body } = answer;
    if (status >= 400) await endpoint.refused({ status, ...errorIn(body) }, place, request);
    send(response, answer);
  };
}

async function answerTo<Place>(request: Request, place: Place, { answer }: FormEndpoint<Place>): Promise<OAuthAnswer> {
  if (request.method !== 'POST') return { ...onlyPost, status: 405 };
  if (typeof request.body !== 'string') return { ...onlyForms, status: 415 };
  const form = new URLSearchParams(request.body);
  return isRepeated(form) ? repeated : answer(form, place, request);
}

/** A body that cannot be read, or a failure of ours: whoever tells of those tells of this one. */
function failed<Place>({ placeOf, refused: writeDown }: FormEndpoint<Place>): ErrorRequestHandler {
  return async (error: { status?: number }, request, _response, next) => {
    const place = placeOf(request);
    if (place !== undefined) await writeDown({ status: error.status ?? 500 }, place, request);
    next(error);
  };
}

const errorIn = (body: object): { error?: string } =>
  'error' in body && typeof body.error === 'string' ? { error: body.error } : {};

const onlyPost = refused('invalid_request', 'Use POST.');
const onlyForms = refused('invalid_request', 'Send application/x-www-form-urlencoded.');
const repeated = refused('invalid_request', 'A parameter is repeated.');

const isRepeated = (form: URLSearchParams): boolean => new Set(form.keys()).size < [...form.keys()].length;

function send(response: Response, { status, body }: OAuthAnswer): void {
  if (status === 405) response.set('Allow', 'POST');
  if (status === 503) response.set('Retry-After', '30');
  response.status(status).set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' }).json(body);
}
