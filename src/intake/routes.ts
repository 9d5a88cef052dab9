import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { type Request, type Response, Router, raw } from 'express';
import { type Problem, problem } from '../event/problem.ts';
import { outcomeOfProblems } from '../fhir/outcome.ts';
import type { Item } from './item.ts';
import { type IntakeLimits, readEvents } from './json.ts';
import { countReceipts, type Receipt } from './receipt.ts';

export interface IntakeOptions extends IntakeLimits {
  readonly maxBytes: number;
  /** Makes the items durable. The answer goes out only after it has resolved. */
  readonly accept: (items: readonly Item[]) => Promise<readonly Receipt[]>;
}

const formats: Readonly<Record<string, 'json' | 'ndjson'>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
};

/** `POST /events`: one event, an array, or NDJSON. */
export function intakeRoutes(options: IntakeOptions): Router {
  const router = Router();
  router.post(
    '/events',
    supportedMediaType,
    raw({ type: Object.keys(formats), limit: options.maxBytes }),
    async (request, response) => {
      const format = formats[mediaTypeOf(request)] ?? 'json';
      const body = utf8(request.body);
      if (body === undefined) return refuse(response, 400, [problem('body-not-json', 'the body is not UTF-8')]);
      const items = readEvents(body, format, options);
      if ('problem' in items) return refuse(response, statusOfUnreadable(items.problem), [items.problem]);
      answer(response, await options.accept(items));
    },
  );
  return router;
}

function supportedMediaType(request: Request, response: Response, next: () => void): void {
  if (!formats[mediaTypeOf(request)]) {
    return refuse(response, 415, [problem('media-type-unsupported', 'this media type is not understood')]);
  }
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return next();
  refuse(response, 415, [problem('media-type-unsupported', 'JSON is UTF-8 here; this charset is not understood')]);
}

/** Strict: a byte replaced in silence would make another record number of one. Undefined: not UTF-8. */
function utf8(body: unknown): string | undefined {
  try {
    return Buffer.isBuffer(body) ? new TextDecoder('utf-8', { fatal: true }).decode(body) : '';
  } catch {
    return undefined;
  }
}

const mediaTypeOf = (request: Request): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function answer(response: Response, receipts: readonly Receipt[]): void {
  const refused = receipts.filter((receipt) => receipt.outcome === 'refused');
  if (refused.length === 0) {
    const events = receipts.map(({ outcome, eventId, patient }) => ({ outcome, eventId, patient }));
    response.status(200).json({ ...countReceipts(receipts), events });
    return;
  }
  const problems = refused.flatMap((receipt) => receipt.problems);
  const outcome = outcomeOfProblems(problems);
  const kept = receipts.filter((receipt) => receipt.outcome !== 'refused').map(keptIssue);
  response
    .status(statusOf(problems))
    .type('application/fhir+json')
    .send(JSON.stringify({ ...outcome, issue: [...outcome.issue, ...kept] } satisfies OperationOutcome));
}

/** In a mixed batch the valid events are kept, and the answer says which they are. */
function keptIssue({ outcome, eventId, place }: Receipt): OperationOutcomeIssue {
  return {
    severity: 'information',
    code: 'informational',
    diagnostics: `event ${eventId} is kept (${outcome})`,
    ...(place.field && { expression: [place.field] }),
  };
}

/** 400: not JSON; 409: nothing but conflicts; 422: understood, but not usable. */
function statusOf(problems: readonly Problem[]): number {
  if (problems.every((found) => found.code === 'body-not-json')) return 400;
  return problems.every((found) => found.code === 'event-conflict') ? 409 : 422;
}

function statusOfUnreadable(found: Problem): number {
  return found.code === 'too-many-events' ? 413 : 400;
}

function refuse(response: Response, status: number, problems: readonly Problem[]): void {
  response
    .status(status)
    .type('application/fhir+json')
    .send(JSON.stringify(outcomeOfProblems(problems)));
}
