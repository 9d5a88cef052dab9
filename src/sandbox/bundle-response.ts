import { STATUS_CODES } from 'node:http';
import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';

/** The headers of one resource as R4 asks for them; in a bundle they are members of `entry.response`. */
export interface VersionHeaders {
  etag: string;
  lastModified: string;
  /** Relative to the FHIR base. */
  location: string;
}

/** `Prefer: return=…` */
export type Wanted = 'minimal' | 'representation';

export function versionHeaders({ resourceType, id, meta }: Resource): VersionHeaders | undefined {
  if (!id || !meta?.versionId || !meta.lastUpdated) return undefined;
  const { versionId, lastUpdated } = meta;
  return {
    etag: `W/"${versionId}"`,
    lastModified: lastUpdated,
    location: `${resourceType}/${id}/_history/${versionId}`,
  };
}

/** Completes the router's answer to a bundle: status text, etag, lastModified and location with the version. */
export function completeBundleResponse(bundle: Bundle, wants: Wanted): Bundle {
  return { ...bundle, entry: bundle.entry?.map((entry) => completeEntry(entry, wants)) };
}

function completeEntry({ response, resource }: BundleEntry, wants: Wanted): BundleEntry {
  const code = response?.status ?? '500';
  const status = `${code} ${STATUS_CODES[code] ?? ''}`.trim();
  if (Number(code) >= 400) return { response: { status, outcome: response?.outcome } };
  const headers = resource && versionHeaders(resource);
  const body = wants === 'representation' || resource?.resourceType === 'Bundle' ? resource : undefined;
  return { ...(body && { resource: body }), response: { status, ...headers } };
}
