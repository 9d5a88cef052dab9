import express from 'express';
import { listen } from './local-server.ts';

export interface IntrospectingIssuer {
  readonly issuer: string;
  readonly introspectionUrl: string;
  /** What was asked, in order: the form, and how the asker proved who it is. */
  readonly asked: ReadonlyArray<{ readonly form: Record<string, string>; readonly authorization: string | undefined }>;
  /** What it answers about one token; any other is not active. */
  says(token: string, answer: object): void;
  /** Answers every question so, until it is told otherwise. */
  answerWith(answer?: {
    readonly status: number;
    readonly body: string;
    readonly headers?: Record<string, string>;
  }): void;
  /** Keeps all askers waiting until it resolves. */
  waitFor(promise: Promise<void>): void;
  close(): Promise<void>;
}

/** An authorization server whose tokens say nothing, reduced to the answers about them (RFC 7662). */
export async function startIntrospectingIssuer(): Promise<IntrospectingIssuer> {
  const known = new Map<string, object>();
  const asked: Array<{ form: Record<string, string>; authorization: string | undefined }> = [];
  let fixed: Parameters<IntrospectingIssuer['answerWith']>[0];
  let waiting: Promise<void> | undefined;
  const application = express().use(express.urlencoded());
  application.post('/introspect', async (request, response) => {
    asked.push({ form: { ...request.body }, authorization: request.get('authorization') });
    await waiting;
    if (fixed)
      response
        .status(fixed.status)
        .set(fixed.headers ?? {})
        .type('json')
        .send(fixed.body);
    else response.json(known.get(request.body.token) ?? { active: false });
  });
  const server = await listen(application);
  return {
    issuer: server.url,
    introspectionUrl: `${server.url}/introspect`,
    asked,
    says: (token, answer) => void known.set(token, answer),
    answerWith: (answer) => {
      fixed = answer;
    },
    waitFor: (promise) => {
      waiting = promise;
    },
    close: server.close,
  };
}
