import type { z } from 'zod';
import { type Course, course } from '../views/pump-status/course-schema.ts';
import { type PumpStatus, pumpStatus } from '../views/pump-status/status-schema.ts';

/** Reads pump status over HTTP and checks every answer with the published schema. */
export interface PumpStatusClient {
  /** Without a patient, that of the token. Throws a `PumpStatusError`. */
  status(patient?: string, asked?: { readonly at?: Temporal.Instant | string }): Promise<PumpStatus>;
  course(patient: string, asked?: { readonly at?: Temporal.Instant | string }): Promise<Course>;
}

export interface PumpStatusClientOptions {
  /** Address of the service, or of one tenant of it: `https://adapter.hospital.test/t/north`. */
  readonly baseUrl: string;
  /** The access token, asked for with each request. */
  readonly token: () => string | Promise<string>;
  readonly fetch?: typeof fetch;
}

/**
 * `unauthorized`: no token, or not a valid one. `forbidden`: it does not cover pump status. `not-found`: nobody whom the
 * token covers has this id. `invalid`: the request. `unreadable`: the answer is none of this version.
 */
export type PumpStatusFailure = 'unauthorized' | 'forbidden' | 'not-found' | 'invalid' | 'unavailable' | 'unreadable';

/** Its message holds nothing of the request and nothing of the answer. */
export class PumpStatusError extends Error {
  readonly failure: PumpStatusFailure;
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(failure: PumpStatusFailure, status?: number, cause?: unknown) {
    super(`pump status: ${failure}`, { cause });
    this.name = 'PumpStatusError';
    this.failure = failure;
    this.status = status;
  }
}

export function pumpStatusClient(options: PumpStatusClientOptions): PumpStatusClient {
  return {
    status: (patient, { at } = {}) =>
      read(options, patient === undefined ? '' : `/${encodeURIComponent(patient)}`, at, pumpStatus),
    course: (patient, { at } = {}) => read(options, `/${encodeURIComponent(patient)}/course`, at, course),
  };
}

async function read<Schema extends z.ZodType>(
  { baseUrl, token, fetch: request = fetch }: PumpStatusClientOptions,
  path: string,
  at: Temporal.Instant | string | undefined,
  schema: Schema,
): Promise<z.output<Schema>> {
  const query = at === undefined ? '' : `?at=${encodeURIComponent(at.toString())}`;
  const headers = { accept: 'application/json', authorization: `Bearer ${await token()}` };
  const response = await request(`${baseUrl}/status${path}${query}`, { headers }).catch((cause: unknown) => {
    throw new PumpStatusError('unavailable', undefined, cause);
  });
  if (!response.ok) throw new PumpStatusError(failureOf(response.status), response.status);
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw new PumpStatusError('unreadable', response.status);
  return parsed.data;
}

function failureOf(status: number): PumpStatusFailure {
  if (status >= 500 || status === 429) return 'unavailable';
  const failures: Partial<Record<number, PumpStatusFailure>> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
  };
  return failures[status] ?? 'invalid';
}
