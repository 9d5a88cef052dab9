import type { IncomingHttpHeaders } from 'node:http';
import type { Bundle } from '@medplum/fhirtypes';
import { refuse } from './refusal.ts';

/**
 * Refuses conditions that cannot be read, in the headers and in the entries of a bundle. The router would drop them in
 * silence, and a write that its client meant to be conditional would happen without its condition.
 */
export function checkPreconditions(headers: IncomingHttpHeaders, body: unknown): void {
  checkOne(headers['if-match'], headers['if-none-exist']?.toString());
  for (const { request } of entriesOf(body)) checkOne(request?.ifMatch, request?.ifNoneExist);
}

function checkOne(ifMatch: string | undefined, ifNoneExist: string | undefined): void {
  if (ifMatch !== undefined && !/^W\/"[^"]+"$/.test(ifMatch)) {
    refuse('bad-request', 'value', 'If-Match has the form W/"version"');
  }
  if (ifNoneExist !== undefined && !/^\??[^=?]+=./.test(ifNoneExist)) {
    refuse('bad-request', 'value', 'If-None-Exist has the form parameter=value');
  }
}

function entriesOf(body: unknown): NonNullable<Bundle['entry']> {
  const bundle = body as Bundle | undefined;
  return bundle?.resourceType === 'Bundle' && Array.isArray(bundle.entry) ? bundle.entry : [];
}
