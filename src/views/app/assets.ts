import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type RequestHandler, Router } from 'express';

/** Everything that the browser loads beside a page, held in memory under an address that changes with its content. */
export interface Assets {
  /** Part of every address: what lies under it never changes. */
  readonly version: string;
  readonly files: ReadonlyMap<string, Asset>;
}

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
}

/** The folders' own modules (TypeScript without its types) and style sheets, and the browser builds of kept libraries. */
export function loadAssets(folders: readonly string[], libraries: readonly string[]): Assets {
  const files = new Map([
    ...folders.flatMap((folder) => readdirSync(folder).flatMap((name) => asset(name, join(folder, name)))),
    ...libraries.flatMap((name) => asset(name, libraryPath(name))),
  ]);
  const hash = createHash('sha256');
  for (const [name, { body }] of files) hash.update(name).update(body);
  return { version: hash.digest('base64url').slice(0, 12), files };
}

/** `GET /{version}/{name}`: kept by the browser for good. An older version is not here any more. */
export function assetRoutes(assets: Assets): Router {
  const router = Router();
  router.get('/:version/:name', serve(assets));
  return router;
}

function serve({ version, files }: Assets): RequestHandler {
  return (request, response, next) => {
    const file = request.params.version === version ? files.get(String(request.params.name)) : undefined;
    if (!file) return next();
    response.set({
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Content-Type': file.type,
      Vary: 'Accept-Encoding',
    });
    const isZipped = request.acceptsEncodings('gzip') === 'gzip';
    if (isZipped) response.set('Content-Encoding', 'gzip');
    response.send(isZipped ? file.gzip : file.body);
  };
}

/** Template pages and settings of the type checker are no assets. */
function asset(name: string, path: string): [string, Asset][] {
  const kind = kinds[extname(name)];
  if (!kind) return [];
  const text = kind.ready(readFileSync(path, 'utf8'));
  const body = Buffer.from(text);
  return [[name, { type: kind.type, body, gzip: gzipSync(body, { level: 9 }) }]];
}

const javascript = 'text/javascript; charset=utf-8';
const kinds: Readonly<Record<string, { readonly type: string; readonly ready: (text: string) => string }>> = {
  '.ts': { type: javascript, ready: withoutTypes },
  '.js': { type: javascript, ready: (text) => text.replace(/^\/\/# sourceMappingURL=.*$/m, '') },
  '.css': { type: 'text/css; charset=utf-8', ready: (text) => text },
  '.svg': { type: 'image/svg+xml', ready: (text) => text },
};

/**
 * Node says once a process that stripping is experimental, on a stream that operators read. What may change is its
 * interface, which the tests of this file would show.
 */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Built files lie beside what `require` finds, where the package's exports do not name them. */
const builds: Readonly<Record<string, readonly [string, string]>> = {
  'fhir-client.js': ['fhirclient/package.json', 'build/fhir-client.pure.min.js'],
  'd3.js': ['d3', '../dist/d3.min.js'],
  'plot.js': ['@observablehq/plot', '../dist/plot.umd.min.js'],
};

function libraryPath(name: string): string {
  const [found = name, path = ''] = builds[name] ?? [];
  return join(dirname(createRequire(import.meta.url).resolve(found)), path);
}
