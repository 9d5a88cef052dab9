/**
 * Validation on one thread: ours (base R4, profile, all invariants, required bindings, times, units) against
 * `validateResource` of @medplum/core with the same profile. They run in turns, so that a busy machine slows both.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateResource } from '@medplum/core';
import type { Resource, StructureDefinition } from '@medplum/fhirtypes';
import { loadDefinitions, validate } from '../src/fhir/validate.ts';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'profiles/generated');
const rounds = 5;
const roundMs = 1000;

export function run(): void {
  loadDefinitions(join(root, 'profiles'));
  const resources = readResources();
  const profiles = new Map(resources.map((resource) => [resource, readProfile(resource)]));
  const ours = (resource: Resource) => void validate(resource);
  const theirs = (resource: Resource) => void validateResource(resource, { profile: profiles.get(resource) });
  const perSecond = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    perSecond.ours.push(measure(resources, ours));
    perSecond.theirs.push(measure(resources, theirs));
  }
  const [fast, slow] = [median(perSecond.ours), median(perSecond.theirs)];
  console.log(`validate          ${Math.round(fast)} resources/s`);
  console.log(
    `validateResource  ${Math.round(slow)} resources/s (structure only: no bindings, no nested profile rules)`,
  );
  console.log(`ratio             ${(fast / slow).toFixed(1)}`);
}

function measure(resources: readonly Resource[], check: (resource: Resource) => void): number {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < roundMs) {
    for (const resource of resources) check(resource);
    count += resources.length;
  }
  return count / ((performance.now() - start) / 1000);
}

function readResources(): Resource[] {
  const folder = join(generated, 'examples');
  return readdirSync(folder).map((name) => readJson<Resource>(join(folder, name)));
}

function readProfile(resource: Resource): StructureDefinition {
  const id = resource.meta?.profile?.[0]?.split('/').at(-1);
  const profile = readJson<StructureDefinition>(join(generated, `StructureDefinition-${id}.json`));
  // Slices of extensions that are told apart by their definition make validateResource refuse valid resources.
  const element = profile.snapshot?.element.filter((it) => !it.id?.includes('extension:'));
  return { ...profile, snapshot: { element: element ?? [] } };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}

if (import.meta.main) run();
