/**
 * Whether a token may search resources of a type. `scope`: as the token response states it; undefined: what was asked
 * for was granted (RFC 6749 §5.1). A scope with a query shows a part only, and a part is not taken for the whole.
 */
export function maySearch(type: string, scope: string | undefined): boolean {
  if (scope === undefined) return true;
  return scope.split(/\s+/).some((one) => {
    const [, resource, letters = ''] = /^(?:patient|user)\/(\*|[A-Z][A-Za-z]+)\.(\*|[a-z]+)$/.exec(one) ?? [];
    return (resource === '*' || resource === type) && searching.test(letters);
  });
}

/** SMART v1 `read` and `*`, and the letter s of v2. */
const searching = /^(?:\*|read|c?r?u?d?s)$/;
