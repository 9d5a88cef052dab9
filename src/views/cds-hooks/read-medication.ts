import type { Fetch } from '../../outgoing/guarded-fetch.ts';
import type { ReadMedication } from './drug-of-order.ts';
import { medication, type OrderCall } from './request.ts';

/** The EHR's FHIR server, as the configuration names it. */
export interface EhrServer {
  readonly fhirServer: string;
  readonly fetch: Fetch;
}

/** A clinician waits for the card. */
const longestMs = 300;

/** Nobody signs more drugs at once, and a call must not make us flood the EHR. */
const mostRead = 20;

/**
 * Reads with the token that came with the call, and only at the server that the configuration names: the call names one
 * too, and it is asked only where both are the same. Each Medication is read once, and beyond `mostRead` none.
 */
export function medicationReader(
  { fhirServer: named, fhirAuthorization }: OrderCall,
  server: EhrServer | undefined,
): ReadMedication {
  const base = server?.fhirServer.replace(/\/+$/, '');
  if (!server || !fhirAuthorization || named?.replace(/\/+$/, '') !== base) return async () => undefined;
  const { fetch } = server;
  const signal = AbortSignal.timeout(longestMs);
  const headers = { authorization: `Bearer ${fhirAuthorization.access_token}`, accept: 'application/fhir+json' };
  const asking = new Map<string, ReturnType<ReadMedication>>();

  async function read(id: string): ReturnType<ReadMedication> {
    try {
      const response = await fetch(`${base}/Medication/${id}`, { headers, redirect: 'error', signal });
      if (response.ok) return medication.safeParse(await response.json()).data;
      await response.body?.cancel();
      return undefined;
    } catch {
      // Unreachable, late or unreadable: in each case the drug is not known.
      return undefined;
    }
  }

  return async (id) => {
    const known = asking.get(id);
    if (known || asking.size >= mostRead) return known;
    const asked = read(id);
    asking.set(id, asked);
    return asked;
  };
}
