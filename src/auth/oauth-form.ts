import express, { type Request, type RequestHandler, type Response } from 'express';

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

/**
 * The handlers of an endpoint that takes a form and answers JSON that nobody may keep (RFC 6749 §5.1).
 * @param placeOf what the endpoint belongs to, by its address; undefined: there is none at that address
 */
export function formEndpoint<Place>(
  placeOf: (request: Request) => Place | undefined,
  answer: (form: URLSearchParams, place: Place, request: Request) => Promise<OAuthAnswer>,
): RequestHandler[] {
  return [
    express.text({ type: 'application/x-www-form-urlencoded', limit: '64kb' }),
    async (request, response, next) => {
      const place = placeOf(request);
      if (place === undefined) return next();
      if (request.method !== 'POST') return send(response.set('Allow', 'POST'), { ...onlyPost, status: 405 });
      if (typeof request.body !== 'string') return send(response, { ...onlyForms, status: 415 });
      const form = new URLSearchParams(request.body);
      send(response, isRepeated(form) ? repeated : await answer(form, place, request));
    },
  ];
}

const onlyPost = refused('invalid_request', 'Use POST.');
const onlyForms = refused('invalid_request', 'Send application/x-www-form-urlencoded.');
const repeated = refused('invalid_request', 'A parameter is repeated.');

const isRepeated = (form: URLSearchParams): boolean => new Set(form.keys()).size < [...form.keys()].length;

function send(response: Response, { status, body }: OAuthAnswer): void {
  response.status(status).set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' }).json(body);
}
