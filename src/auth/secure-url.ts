/**
 * Which addresses may see a token or an assertion: https, or plain http on this machine alone
 * (SMART App Launch 2.2: "all exchanges … SHALL be made over TLS").
 */

/** A FHIR base as configured, without its trailing slash. Throws a readable sentence: a wrong base is a wrong configuration. */
export function fhirBase(text: string): URL {
  const url = secureUrl(text, 'The FHIR base URL');
  if (url.search || url.hash) throw new Error('The FHIR base URL has a query or a fragment. Remove it.');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** Parses an address of the configuration and refuses one that is neither https nor loopback. */
export function secureUrl(text: string, name: string): URL {
  if (!URL.canParse(text)) throw new Error(`${name} is not an absolute URL.`);
  const url = new URL(text);
  if (url.username || url.password) throw new Error(`${name} holds a user name or password. Remove it.`);
  if (!isSecure(url)) throw new Error(`${name} is not https. Plain http is allowed on a loopback address only.`);
  return url;
}

export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/**
 * Whether an address that a server names may be followed: a server on the network may not send what we know to this
 * machine, so loopback counts only where the server itself is on it.
 */
export function isSecureFrom(base: URL, url: URL): boolean {
  return isSecure(url) && (!isLoopback(url) || isLoopback(base));
}

/** The URL parser has already brought IPv4 addresses to four decimal parts, so `127.0.0.1.example` cannot pass. */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
}

/** Whether `url` is the base or lies under it: same origin, and the path goes on at a segment border. */
export function isUnder(base: URL, url: URL): boolean {
  if (url.origin !== base.origin || url.username || url.password) return false;
  const prefix = base.pathname.replace(/\/+$/, '');
  return url.pathname === prefix || url.pathname.startsWith(`${prefix}/`);
}

/** Appends a relative path to a FHIR base, whatever its trailing slash. */
export function urlUnder(base: URL, path: string): URL {
  return new URL(`${base.href.replace(/\/+$/, '')}/${path}`);
}
