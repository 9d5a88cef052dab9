import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Resource } from '@medplum/fhirtypes';

export interface ExportManifest {
  readonly transactionTime: string;
  readonly request: string;
  readonly requiresAccessToken: false;
  readonly output: readonly { readonly type: string; readonly url: string; readonly count: number }[];
  readonly error: readonly never[];
}

/** Newline-delimited JSON, one file for each resource type, and a manifest that is written last. */
export function ndjsonWriter(directory: string) {
  const open = new Map<string, { stream: WriteStream; count: number }>();

  async function write(resources: readonly Resource[]): Promise<void> {
    for (const [type, ofType] of Map.groupBy(resources, (resource) => resource.resourceType)) {
      const file = open.get(type) ?? { stream: newFile(join(directory, `${type}.ndjson`)), count: 0 };
      open.set(type, file);
      file.count += ofType.length;
      const lines = ofType.map((resource) => `${JSON.stringify(resource)}\n`).join('');
      if (!file.stream.write(lines)) await new Promise<void>((resolve) => file.stream.once('drain', resolve));
    }
  }

  async function close(transactionTime: string): Promise<ExportManifest> {
    for (const { stream } of open.values()) {
      stream.end();
      await finished(stream);
    }
    const output = [...open]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([type, { count }]) => ({ type, url: `${type}.ndjson`, count }));
    const manifest: ExportManifest = {
      transactionTime,
      request: 'itb-fhir export',
      requiresAccessToken: false,
      output,
      error: [],
    };
    const path = join(directory, 'manifest.json');
    await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(`${path}.part`, path);
    return manifest;
  }

  return { ready: () => mkdir(directory, { recursive: true, mode: 0o700 }), write, close };
}

/** Therapies are health data: only their owner may read them. */
const newFile = (path: string): WriteStream => createWriteStream(path, { mode: 0o600 });
