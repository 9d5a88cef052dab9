import type { Launch } from '../launches.ts';
import { ReadingFailure } from './failure.ts';
import type { Client } from './sign-in.ts';

/** A token of the adapter, or why it gave none, as a sentence for the reader. */
export type Exchanged = { readonly token: string } | { readonly refused: string };

/**
 * The hospital’s sign-in in exchange for a token of the adapter (RFC 8693). The hospital’s access token goes along: with
 * it the adapter asks the hospital whether this user may see this patient.
 */
export async function exchanged({ state }: Client, { ours, clientId }: Launch, patient: string): Promise<Exchanged> {
  const { id_token: idToken, access_token: accessToken = '' } = state.tokenResponse ?? {};
  if (!idToken) return { refused: 'The hospital’s sign-in does not say who signed in.' };
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: idToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    ehr_access_token: accessToken,
    client_id: clientId,
    patient,
  });
  const response = await fetch(`${ours}token`, { method: 'POST', body: form, cache: 'no-store' }).catch(
    () => undefined,
  );
  if (!response) return { refused: 'The pump adapter could not be reached.' };
  const answer = (await response.json().catch(() => ({}))) as { access_token?: string; error?: string };
  if (response.ok && answer.access_token) return { token: answer.access_token };
  if (answer.error === 'invalid_target') return { refused: 'The pump adapter has no report about this patient.' };
  if (isOld(idToken)) throw new ReadingFailure('expired', 'The sign-in has expired.');
  return { refused: 'The pump adapter did not accept this sign-in.' };
}

/** The adapter takes a sign-in of the last ten minutes. */
function isOld(idToken: string): boolean {
  const [, payload = ''] = idToken.split('.');
  const { iat = 0 } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { iat?: number };
  return Date.now() / 1000 - iat > 600;
}
