import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';

/** What one request, or one entry of a bundle, asks of a FHIR server. */
export type Asked =
  | { readonly kind: 'bundle'; readonly bundle: Bundle }
  | {
      readonly kind: 'create';
      readonly type: string;
      readonly resource: Resource;
      readonly ifNoneExist?: string | undefined;
      /** By the server, before it writes. */
      readonly assignedId?: string | undefined;
    }
  | {
      readonly kind: 'update';
      readonly type: string;
      readonly id: string;
      readonly resource: Resource;
      readonly ifMatch?: string | undefined;
    }
  | { readonly kind: 'read' | 'delete'; readonly type: string; readonly id: string }
  | {
      readonly kind: 'search-type';
      readonly type: string;
      readonly query: URLSearchParams;
      readonly how: 'get' | 'post';
    }
  | { readonly kind: 'other' };

export interface RawRequest {
  readonly method: string;
  /** Below the FHIR base, without a leading slash, with its query. */
  readonly url: string;
  /** Parsed JSON, or the text of a form. */
  readonly body?: unknown;
  readonly ifMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
}

export function readRequest({ method, url, body, ifMatch, ifNoneExist }: RawRequest): Asked {
  const [path = '', query = ''] = url.split('?');
  const [type = '', id, ...rest] = path.split('/');
  if (rest.length > 0) return { kind: 'other' };
  const posted = method === 'POST' && id === '_search' && typeof body === 'string';
  if (posted) return { kind: 'search-type', type, query: new URLSearchParams(body), how: 'post' };
  if (method === 'POST' && id === undefined) return postOf(type, body, ifNoneExist);
  if (method === 'GET' && type !== '' && id === undefined) {
    return { kind: 'search-type', type, query: new URLSearchParams(query), how: 'get' };
  }
  if (id === undefined || query !== '') return { kind: 'other' };
  if (method === 'GET') return { kind: 'read', type, id };
  if (method === 'DELETE') return { kind: 'delete', type, id };
  return method === 'PUT' && isResource(body)
    ? { kind: 'update', type, id, resource: body, ifMatch }
    : { kind: 'other' };
}

function postOf(type: string, body: unknown, ifNoneExist: string | undefined): Asked {
  if (!isResource(body)) return { kind: 'other' };
  if (type === '') return body.resourceType === 'Bundle' ? { kind: 'bundle', bundle: body } : { kind: 'other' };
  return { kind: 'create', type, resource: body, ifNoneExist };
}

export function readEntry({ request, resource }: BundleEntry): Asked {
  const { method = '', url = '', ifMatch, ifNoneExist } = request ?? {};
  return readRequest({ method, url, body: resource, ifMatch, ifNoneExist });
}

const isResource = (body: unknown): body is Resource =>
  typeof body === 'object' && body !== null && typeof (body as Resource).resourceType === 'string';
