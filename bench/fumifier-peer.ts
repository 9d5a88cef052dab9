import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Resource } from '@medplum/fhirtypes';
import { flashBlocks } from './fumifier-blocks.ts';
import { writeR4Package } from './fumifier-core.ts';

/** What fumifier makes of a message that was divided into its values for it. */
export type Fumifier = (divided: object) => Promise<readonly Resource[]>;

const packages = [
  'fumifier@2.1.2',
  '@outburn/structure-navigator@1.9.2',
  '@outburn/types@0.2.0',
  'fhir-package-explorer',
  'fhir-snapshot-generator',
  'fhir-terminology-runtime',
];

/** Installs fumifier into the folder, with R4 to validate by, and compiles the blocks once. */
export async function installFumifier(folder: string): Promise<Fumifier> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'peer', private: true, type: 'module' }));
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
  const cachePath = join(folder, 'definitions');
  await writeR4Package(cachePath);
  const { fumifier, FhirPackageExplorer, FhirSnapshotGenerator, FhirTerminologyRuntime, FhirStructureNavigator } =
    await loaded(folder);
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  // An address that is refused at once: nothing is asked of a registry of definitions.
  const offline = { registryUrl: 'http://127.0.0.1:9' };
  const common = { fhirVersion: '4.0.1', cacheMode: 'lazy', logger };
  const fpe = await FhirPackageExplorer.create({
    ...{ context: ['hl7.fhir.r4.core@4.0.1'], cachePath, fhirVersion: '4.0.1', logger },
    ...offline,
  });
  const navigator = new FhirStructureNavigator(await FhirSnapshotGenerator.create({ ...common, fpe }), logger);
  const terminologyRuntime = await FhirTerminologyRuntime.create({ ...common, fpe });
  const compiled = await Promise.all(
    flashBlocks.map((block) => fumifier(block, { navigator, terminologyRuntime, logger })),
  );
  return async (divided) => {
    const resources: Resource[] = [];
    for (const block of compiled) resources.push((await block.evaluate(divided)) as Resource);
    return resources;
  };
}

interface Compiled {
  evaluate(input: object): Promise<unknown>;
}

interface Loaded {
  readonly fumifier: (block: string, options: object) => Promise<Compiled>;
  readonly FhirPackageExplorer: Maker;
  readonly FhirSnapshotGenerator: Maker;
  readonly FhirTerminologyRuntime: Maker;
  readonly FhirStructureNavigator: new (generator: object, logger: object) => object;
}

interface Maker {
  create(options: object): Promise<object>;
}

/** Its packages are modules of that folder: a module there hands them over. */
async function loaded(folder: string): Promise<Loaded> {
  const path = join(folder, 'peer.js');
  const names = ['fhir-package-explorer', 'fhir-snapshot-generator', 'fhir-terminology-runtime'];
  const all = [...names, '@outburn/structure-navigator'].map((name) => `export * from '${name}';`);
  await writeFile(path, ["export { default as fumifier } from 'fumifier';", ...all].join('\n'));
  return (await import(pathToFileURL(path).href)) as Loaded;
}
