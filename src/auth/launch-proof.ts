import { createHash } from 'node:crypto';
import type { Fetch } from '../outgoing/guarded-fetch.ts';
import { exchange, parsedJson } from './exchange.ts';
import { failed } from './failure.ts';
import { fhirBase, urlUnder } from './secure-url.ts';

/** How an EHR is asked whether somebody may see a patient. */
export interface PatientAsked {
  readonly fhirBaseUrl: string;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
}

/**
 * Whether the EHR shows this patient to whoever has this token of it: the token goes to its FHIR base and nowhere else,
 * and only the very Patient proves anything. `again`: the EHR does not answer.
 */
export async function showsPatient(
  { fhirBaseUrl, fetch, timeoutMs }: PatientAsked,
  patient: string,
  token: string,
): Promise<'shown' | 'refused' | 'again'> {
  if (!isId(patient) || !isToken(token)) return 'refused';
  const url = urlUnder(fhirBase(fhirBaseUrl), `Patient/${patient}`);
  const headers = { accept: 'application/fhir+json', authorization: `Bearer ${token}` };
  const answer = await exchange(fetch, { method: 'GET', url, headers }, timeoutMs);
  if (failed(answer) || answer.status >= 500 || answer.status === 429) return 'again';
  const { resourceType, id } = (parsedJson(answer.text) ?? {}) as { resourceType?: unknown; id?: unknown };
  return answer.status === 200 && resourceType === 'Patient' && id === patient ? 'shown' : 'refused';
}

/** FHIR R4 `id`. It becomes part of an address; dots alone would lead elsewhere. */
const isId = (text: string): boolean => /^[A-Za-z0-9.-]{1,64}$/.test(text) && !/^\.+$/.test(text);

const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

/** `at_hash` of an id_token: the left half of the hash that its algorithm names (OpenID Connect Core 1.0 §3.1.3.6). */
export function accessTokenHash(token: string, algorithm: string): string {
  const bits = algorithm.slice(-3);
  const hash = createHash(`sha${bits}`).update(token, 'ascii').digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
