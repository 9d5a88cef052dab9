/**
 * The definitions that validation rests on: a slim extract of R4 and our own profiles, read once. The FHIRPath
 * engine keeps its types in one registry for the process, so they are loaded once, whichever folder comes first.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataType } from '@medplum/core';
import type { CodeSystem, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { type Bindings, readBindings } from './bindings.ts';
import { compile, type Invariant, type Schema } from './schema.ts';

export interface Definitions {
  /** Resource types of R4 that are loaded. A resource of another type cannot be validated. */
  readonly resourceTypes: ReadonlySet<string>;
  /** Our profiles by canonical. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Resource types for which we have a profile. */
  readonly profiledTypes: ReadonlySet<string>;
  /** Canonicals of our extensions. */
  readonly extensions: ReadonlySet<string>;
  /** R4: datatypes and resource types by name. */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly bindings: Bindings;
}

export interface Profile {
  readonly url: string;
  readonly resourceType: string;
  readonly schema: Schema;
}

/** Loads `profilesDir`/r4 and `profilesDir`/generated. Throws when a file is missing or is not what it should be. */
export function loadDefinitions(profilesDir: string): Definitions {
  loaded ??= read(profilesDir);
  return loaded;
}

/** The definitions that were loaded. Throws when none were: that is a mistake in the order of start-up. */
export function definitions(): Definitions {
  if (!loaded) throw new Error('loadDefinitions() has not been called');
  return loaded;
}

let loaded: Definitions | undefined;

function read(profilesDir: string): Definitions {
  const base = readJson<StructureDefinition[]>(join(profilesDir, 'r4', 'structures.json'));
  for (const definition of base) loadDataType(definition);

  const generated = readGenerated(join(profilesDir, 'generated'));
  const own = generated.filter((it): it is StructureDefinition => it.resourceType === 'StructureDefinition');
  const profiles = own.filter((it) => it.type !== 'Extension').map(compileProfile);
  return {
    resourceTypes: new Set(base.filter((it) => it.kind === 'resource' && !it.abstract).map((it) => it.type as string)),
    profiles: new Map(profiles.map((profile) => [profile.url, profile])),
    profiledTypes: new Set(profiles.map((profile) => profile.resourceType)),
    extensions: new Set(own.filter((it) => it.type === 'Extension').map((it) => it.url as string)),
    schemas: new Map(base.map((it) => [it.id as string, compile(it)])),
    bindings: readBindings(
      [
        ...readJson<ValueSet[]>(join(profilesDir, 'r4', 'valuesets.json')),
        ...generated.filter((it): it is ValueSet => it.resourceType === 'ValueSet'),
      ],
      generated.filter((it): it is CodeSystem => it.resourceType === 'CodeSystem'),
    ),
  };
}

type Generated = StructureDefinition | ValueSet | CodeSystem;

function readGenerated(folder: string): Generated[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => readJson<Generated>(join(folder, name)));
}

function compileProfile(profile: StructureDefinition): Profile {
  const { url, type: resourceType } = profile;
  if (!url || !resourceType) throw new Error(`${profile.id} is not a profile`);
  const schema = compile(profile);
  return { url, resourceType, schema: { ...schema, invariants: schema.invariants.filter(hasSubject) } };
}

/** Our profiles forbid contained resources, so the rules of R4 about them have nothing to speak of. */
function hasSubject({ key }: Invariant): boolean {
  return !/^dom-[245]$/.test(key);
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}
