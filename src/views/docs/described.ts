/** An OpenAPI 3.1 document, as far as the page shows it. */
export interface Described {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly DescribedServer[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
}

export interface DescribedServer {
  readonly url: string;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: object }>>;
}

/** One operation with where it stands. */
export interface Placed extends DescribedOperation {
  readonly path: string;
  readonly method: string;
  readonly server: string;
}

const methods: ReadonlySet<string> = new Set(['get', 'post', 'put', 'delete']);

export function operationsOf({ paths, servers }: Described): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, item]) => {
    const own = (item as { servers?: readonly DescribedServer[] }).servers ?? servers;
    return Object.entries(item as Record<string, DescribedOperation>)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({ ...operation, path, method, server: own[0]?.url ?? '' }));
  });
}
