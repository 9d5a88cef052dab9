/** What one request to a FHIR server does, in the words of FHIR's restful interactions, without any value it carries. */

export interface Asked {
  readonly method: string;
  /** Below the FHIR base. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Of an answer, only what says where something is. */
export type Answered =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: unknown;
      readonly location?: string | undefined;
    }
  | { readonly kind: 'unknown' | 'not-sent' };

export type Interaction =
  | 'read'
  | 'vread'
  | 'search'
  | 'create'
  | 'update'
  | 'delete'
  | 'capabilities'
  | 'transaction'
  | 'batch'
  | 'operation';

export interface Access {
  readonly interaction: Interaction;
  readonly resourceType: string | null;
  readonly serverId: string | null;
  /** The names of what was searched by. Their values may tell who somebody is. */
  readonly query: string | null;
  /** Of a Bundle: each entry as `interaction Type/id status`, as far as the answer tells. */
  readonly entries: readonly string[];
}

export function accessOf(asked: Asked, answered: Answered): Access {
  const [path = '', query] = asked.path.split('?');
  const [resourceType, id] = path.split('/');
  const interaction = interactionOf(asked, path, query !== undefined);
  const isBundle = interaction === 'transaction' || interaction === 'batch';
  const located = interaction === 'create' ? placeIn(locationIn(answered)).serverId : null;
  const isOfType = typeName.test(resourceType ?? '') && !isBundle;
  return {
    interaction,
    resourceType: isOfType ? (resourceType as string) : null,
    serverId: located ?? (isOfType && id !== '_search' ? idIn(id) : null),
    query: interaction === 'search' ? namesIn(query ?? asked.body) : null,
    entries: isBundle ? entriesOf(asked.body, answered) : [],
  };
}

function interactionOf({ method, body }: Asked, path: string, hasQuery: boolean): Interaction {
  if (path.includes('$')) return 'operation';
  if (path === 'metadata') return 'capabilities';
  if (path === '' && method === 'POST') return (body as Bundle)?.type === 'batch' ? 'batch' : 'transaction';
  if (hasQuery || path.endsWith('/_search')) return 'search';
  if (method === 'GET') return path.includes('/_history/') ? 'vread' : 'read';
  return writes[method] ?? 'operation';
}

const writes: Readonly<Record<string, Interaction>> = { POST: 'create', PUT: 'update', DELETE: 'delete' };

const typeName = /^[A-Z][A-Za-z]+$/;

/** FHIR R4 `id`. Anything else is not recorded. */
const serverIdFormat = /^[A-Za-z0-9\-.]{1,64}$/;

const idIn = (text: string | undefined): string | null => (text && serverIdFormat.test(text) ? text : null);

const locationIn = (answered: Answered): string | undefined =>
  answered.kind === 'answered' ? answered.location : undefined;

/** `[base/]Type/id[/_history/v]` */
function placeIn(location: string | undefined): { type: string | null; serverId: string | null } {
  const [, type, id] = /([A-Z][A-Za-z]+)\/([^/?#]+)(?:\/_history\/[^/]+)?$/.exec(location ?? '') ?? [];
  return { type: type ?? null, serverId: idIn(id) };
}

function namesIn(query: unknown): string | null {
  if (typeof query !== 'string') return null;
  // A name may carry a modifier, and a chain names types: both are words of FHIR. What is not is left out.
  const names = [...new URLSearchParams(query).keys()].filter((name) => /^[A-Za-z_][\w:.-]{0,63}$/.test(name));
  return [...new Set(names)].join('&');
}

interface Bundle {
  readonly type?: string;
  readonly entry?: readonly {
    readonly request?: { readonly method?: string; readonly url?: string };
    readonly response?: { readonly status?: string; readonly location?: string };
  }[];
}

function entriesOf(body: unknown, answered: Answered): string[] {
  const replies = answered.kind === 'answered' ? ((answered.body as Bundle | undefined)?.entry ?? []) : [];
  return ((body as Bundle | undefined)?.entry ?? []).map(({ request }, n) => {
    const { method = '', url = '' } = request ?? {};
    const { status, location } = replies[n]?.response ?? {};
    const access = accessOf({ method, path: url }, { kind: 'answered', status: 0, body: undefined, location });
    const place = [access.resourceType, access.serverId].filter((part) => part !== null).join('/');
    return [access.interaction, place, /^\d{3}/.exec(status ?? '')?.[0]].filter((part) => part).join(' ');
  });
}
