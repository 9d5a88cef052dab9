import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateResource } from '@medplum/core';
import type { Resource, StructureDefinition } from '@medplum/fhirtypes';
import { validate as ours } from '../../src/fhir/validate.ts';
import { changed, examples } from '../../test/fhir/examples.ts';
import { spoiled } from '../../test/fhir/spoiled.ts';
import { alternate, repeatedFor } from '../measure.ts';
import { gate, type Row } from '../row.ts';
import { sampleStories } from '../stories.ts';
import { mapper, recordedOf } from '../therapies.ts';

const targetPerSecond = 8800;
const generated = join(import.meta.dirname, '../../profiles/generated');

/** Ours (R4, profile, invariants, required bindings, times, units) against `validateResource` of @medplum/core. */
export const validate: Row = {
  name: 'validate',
  async run() {
    const resources = sampleStories()
      .map(recordedOf)
      .map(mapper())
      .flatMap((result) => result.resources.map(({ resource }) => resource));
    const profileOf = profiles(resources);
    const check = {
      ours: (resource: Resource) => ours(resource).length === 0,
      withProfile: (resource: Resource) => accepts(resource, profileOf),
      structureOnly: (resource: Resource) => accepts(resource),
    };
    const all = [...resources, ...examples.values()];
    gate(all.every(check.ours), 'a valid resource is refused');
    const broken = spoiled.map(({ example, change }) => changed(example, change));
    const missed = broken.filter(check.ours).length;
    gate(missed === 0, `${missed} of ${broken.length} broken resources are accepted`);
    const theirs = { ...profileOf, ...profiles(broken) };
    const foundByThem = broken.filter((resource) => !accepts(resource, theirs)).length;
    const refusedByThem = resources.filter((resource) => !check.withProfile(resource)).length;

    const rate = (accepted: (resource: Resource) => boolean) => () =>
      repeatedFor(1000, () => {
        for (const resource of resources) accepted(resource);
        return resources.length;
      });
    const { us, withProfile, structureOnly } = await alternate({
      us: rate(check.ours),
      withProfile: rate(check.withProfile),
      structureOnly: rate(check.structureOnly),
    });
    const note =
      `finds ${broken.length} of ${broken.length} broken resources; validateResource with the profile finds ${foundByThem}` +
      ` and refuses ${refusedByThem} of ${resources.length} valid ones`;
    const target = { says: `≥ ${targetPerSecond} resources/s`, reached: us.median >= targetPerSecond };
    const name = 'validate, with bindings and our rules';
    return {
      figures: [
        {
          name,
          unit: 'resources/s',
          ours: us,
          baseline: { name: 'validateResource with the profile: no bindings', spread: withProfile },
          target,
          note,
        },
        {
          name,
          unit: 'resources/s',
          ours: us,
          baseline: { name: 'validateResource without: base R4 only', spread: structureOnly },
        },
      ],
      gate: `${all.length} valid resources accepted, all ${broken.length} broken ones found`,
    };
  },
};

type Profiles = Readonly<Record<string, StructureDefinition>>;

function profiles(resources: readonly Resource[]): Profiles {
  const urls = new Set(resources.flatMap((resource) => resource.meta?.profile ?? []));
  return Object.fromEntries([...urls].flatMap((url) => [...readProfile(url)].map((profile) => [url, profile])));
}

/** A broken resource may claim a profile that does not exist. */
function* readProfile(url: string): Generator<StructureDefinition> {
  const path = join(generated, `StructureDefinition-${url.split('/').at(-1)}.json`);
  let profile: StructureDefinition;
  try {
    profile = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return;
  }
  // Extension slices that are told apart by their definition make validateResource refuse valid resources.
  const element = profile.snapshot?.element.filter((it) => !it.id?.includes('extension:')) ?? [];
  yield { ...profile, snapshot: { element } };
}

function accepts(resource: Resource, of?: Profiles): boolean {
  try {
    const profile = of?.[resource.meta?.profile?.[0] ?? ''];
    validateResource(resource, profile && { profile });
    return true;
  } catch {
    return false;
  }
}
