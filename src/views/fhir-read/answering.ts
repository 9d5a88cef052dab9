import type { Request, RequestHandler, Response } from 'express';
import { denied, type Principal } from '../../auth/bearer.ts';
import type { Reader } from '../read-model/reading.ts';
import { isServed } from '../read-model/search-parameters.ts';
import { admitted } from './admitted.ts';
import { type Answer, denialAnswer, refusal, unknownType } from './answer.ts';
import type { Handler } from './asked.ts';
import { type Caller, callerOf } from './caller.ts';
import type { Served } from './interactions.ts';
import { type Format, formatOf } from './media-type.ts';
import type { FhirReadOptions } from './options.ts';
import { auditedQuery, type SentParameters, sentParameters, understood } from './parameters.ts';
import { send, statusOf } from './send.ts';

/**
 * One interaction as Express calls it: who asks, what of it their token covers, whether it can be understood; then the
 * answer, which is written down before anybody gets it, whatever it is.
 */
export function answering(options: FhirReadOptions, what: Served, handler: Handler): RequestHandler {
  return async (request, response) => {
    const sent = sentParameters(request);
    const asking = { request, response, options, what, handler, sent, format: formatOf(request, sent) };
    const by: { caller?: Caller } = {};
    const answer = await answerTo(asking, by).catch(async (error) => {
      await record(asking, by.caller, { status: 500, body: '' });
      throw error;
    });
    await record(asking, by.caller, { ...answer, status: statusOf(request, answer) });
    send(request, response, { answer, pretty: asking.format?.pretty ?? false, theirs: by.caller?.theirs });
  };
}

interface Asking {
  readonly request: Request;
  readonly response: Response;
  readonly options: FhirReadOptions;
  readonly what: Served;
  readonly handler: Handler;
  readonly sent: SentParameters;
  readonly format: Format | undefined;
}

async function answerTo(asking: Asking, by: { caller?: Caller }): Promise<Answer> {
  const { request, options, what, sent, format, handler } = asking;
  const principal = await options.check(request.get('authorization'));
  if (denied(principal)) return denialAnswer(principal);
  const caller = callerOf(principal, readerOf(options, principal));
  by.caller = caller;
  const { type, id, version } = variablesOf(request);
  if (!isServed(type) || !what.types.includes(type)) return unknownType;
  const denial = admitted(caller, what, type);
  if (denial) return denialAnswer(denial);
  if (!format) return notJson;
  if (isOfAnotherMediaType(request, what)) return wrongMediaType;
  if (sent.some(([, value]) => hasNul(value))) return notText;
  const parameters = understood(sent, what);
  if (!parameters) return unknownParameter;
  return handler({
    ...{ caller, type, id: hasNul(id) ? '' : caller.ours(id), version, parameters },
    handling: /\bhandling\s*=\s*"?lenient\b/i.test(request.get('prefer') ?? '') ? 'lenient' : 'strict',
    ...(what.audited === 'operation' && request.method === 'POST' && { body: request.body }),
  });
}

const notJson = refusal(406, 'not-supported', 'This server answers in JSON only: application/fhir+json.');
const wrongMediaType = refusal(415, 'not-supported', 'The body has a media type that is not read here.');
const unknownParameter = refusal(
  400,
  'not-supported',
  'The address has a parameter that is not known here, or has one twice.',
);

const notText = refusal(400, 'value', 'The value of a parameter has a character that no text of FHIR has.');

/** U+0000 is in no text of FHIR, and PostgreSQL refuses it. */
const hasNul = (text: string): boolean => text.includes('\0');

/** Without a token nobody says which patients are meant: those who live. */
const readerOf = ({ tenant }: FhirReadOptions, principal: Principal | undefined): Reader => ({
  tenant,
  environment: principal?.environment ?? 'live',
});

function variablesOf({ params }: Request): { type: string; id: string; version: string } {
  const { type = '', id = '', version = '' } = params as Record<string, string>;
  return { type, id, version };
}

function isOfAnotherMediaType(request: Request, { audited }: Served): boolean {
  if (request.method !== 'POST' || request.get('content-length') === '0') return false;
  const read = audited === 'search' ? ['application/x-www-form-urlencoded'] : operationMediaTypes;
  // `null`: nothing was sent.
  return request.is(read) === false;
}

export const operationMediaTypes = ['application/fhir+json', 'application/json'];

function record(
  { request, response, options, what, sent }: Asking,
  caller: Caller | undefined,
  answer: Answer,
): Promise<void> {
  const { type, id } = variablesOf(request);
  const resourceId = caller?.ours(id) ?? id;
  return options.record({
    ...readerOf(options, caller?.principal),
    interaction: what.audited,
    resourceType: isServed(type) ? type : undefined,
    // Only what has the form of our ids is kept: anything else is whatever the client wrote.
    resourceId: uuid.test(resourceId) ? resourceId : undefined,
    operation: what.audited === 'operation' ? what.code : undefined,
    patients: answer.patients,
    query: isServed(type) ? auditedQuery(type, sent) : undefined,
    status: answer.status,
    who: caller?.principal,
    requestId: response.get('X-Request-Id') ?? '',
    network: request.ip,
  });
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
