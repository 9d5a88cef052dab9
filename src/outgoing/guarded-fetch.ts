import type { Dispatcher } from 'undici';

export type Fetch = typeof globalThis.fetch;

/** The connections of one destination. */
export type Connections = Dispatcher;

/**
 * `fetch` over the connections of one destination. It is Node's own fetch, looked up at each call, with our connections
 * put below it: what replaces the global fetch (tests do) replaces this one, too.
 */
export function guardedFetch(connections: Connections): Fetch {
  // The types of Node's fetch know only the undici inside Node, which takes connections of the other one as well.
  return (input, init) => globalThis.fetch(input, { ...init, ...through(connections) } as RequestInit);
}

/** The option that puts our connections below a request of Node's fetch. */
export function through(connections: Connections): { readonly dispatcher: Connections } {
  return { dispatcher: connections };
}
