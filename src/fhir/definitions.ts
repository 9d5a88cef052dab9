/**
 * The definitions that validation rests on: a slim extract of R4, the profiles of US Core that a resource of ours can
 * claim, and our own. The FHIRPath engine keeps its types in one registry for the process, so they are loaded once,
 * whichever folder comes first.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataType } from '@medplum/core';
import type { CodeSystem, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { type Bindings, readBindings } from './bindings.ts';
import { compile, type Schema } from './schema.ts';
import { coreDefinition, type Origins } from './schema-targets.ts';
import { canonicalBase } from './systems.ts';

export interface Definitions {
  /** Resource types of R4 that are loaded. A resource of another type cannot be validated. */
  readonly resourceTypes: ReadonlySet<string>;
  /** Our profiles by canonical. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Profiles of HL7 that a resource may claim, by canonical. */
  readonly usCore: ReadonlyMap<string, Profile>;
  /** Resource types for which we have a profile. */
  readonly profiledTypes: ReadonlySet<string>;
  /** Extensions by canonical: ours, and those that the profiles of HL7 name. */
  readonly extensions: ReadonlyMap<string, DefinedExtension>;
  /** R4: datatypes and resource types by name. */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly bindings: Bindings;
}

export interface Profile {
  readonly url: string;
  /** Of the definition, as it may stand behind the canonical in a claim. */
  readonly version: string | undefined;
  readonly resourceType: string;
  readonly schema: Schema;
}

export interface DefinedExtension {
  readonly schema: Schema;
  /** Types of R4 in which it may stand; undefined where its definition says it in another way than by types. */
  readonly contexts: ReadonlySet<string> | undefined;
}

/** Loads `profilesDir`/r4, `profilesDir`/us-core and `profilesDir`/generated. Throws when a file is missing or is not what it should be. */
export function loadDefinitions(profilesDir: string): Definitions {
  loaded ??= read(profilesDir);
  return loaded;
}

/** The definitions that were loaded. Throws when none were: that is a mistake in the order of start-up. */
export function definitions(): Definitions {
  if (!loaded) throw new Error('loadDefinitions() has not been called');
  return loaded;
}

/** Whether a canonical is one that only we may define. */
export function isOurs(canonical: string): boolean {
  return canonical.startsWith(`${canonicalBase}/`);
}

let loaded: Definitions | undefined;

function read(profilesDir: string): Definitions {
  const base = readJson<StructureDefinition[]>(join(profilesDir, 'r4', 'structures.json'));
  for (const definition of base) loadDataType(definition);

  const usCore = readJson<StructureDefinition[]>(join(profilesDir, 'us-core', 'structures.json'));
  const generated = readGenerated(join(profilesDir, 'generated'));
  const own = generated.filter((it): it is StructureDefinition => it.resourceType === 'StructureDefinition');
  const origins = originsOf(base, [...usCore, ...own]);
  const profiles = own.filter(isProfile).map((it) => withoutContained(compileProfile(it, origins)));
  return {
    resourceTypes: new Set(base.filter((it) => it.kind === 'resource' && !it.abstract).map((it) => it.type as string)),
    profiles: byUrl(profiles),
    usCore: byUrl(usCore.filter(isProfile).map((it) => compileProfile(it, origins))),
    profiledTypes: new Set(profiles.map((profile) => profile.resourceType)),
    extensions: new Map(
      [...usCore, ...own].filter((it) => !isProfile(it)).map((it) => [it.url as string, compileExtension(it, origins)]),
    ),
    schemas: new Map(base.map((it) => [it.id as string, compile(it, origins)])),
    bindings: readBindings(
      [
        ...readJson<ValueSet[]>(join(profilesDir, 'r4', 'valuesets.json')),
        ...generated.filter((it): it is ValueSet => it.resourceType === 'ValueSet'),
      ],
      generated.filter((it): it is CodeSystem => it.resourceType === 'CodeSystem'),
    ),
  };
}

function isProfile({ type }: StructureDefinition): boolean {
  return type !== 'Extension';
}

function originsOf(base: readonly StructureDefinition[], profiles: readonly StructureDefinition[]): Origins {
  const types = new Map(profiles.map((it) => [it.url, it.type as string]));
  const rows = new Map(base.flatMap((it) => it.snapshot?.element ?? []).map((row) => [row.path, row]));
  return {
    typeOfProfile(canonical) {
      return canonical.startsWith(coreDefinition) ? canonical.slice(coreDefinition.length) : types.get(canonical);
    },
    baseRow: (path) => rows.get(path),
  };
}

function byUrl(profiles: readonly Profile[]): ReadonlyMap<string, Profile> {
  return new Map(profiles.map((profile) => [profile.url, profile]));
}

type Generated = StructureDefinition | ValueSet | CodeSystem;

function readGenerated(folder: string): Generated[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => readJson<Generated>(join(folder, name)));
}

function compileProfile(profile: StructureDefinition, origins: Origins): Profile {
  const { url, version, type: resourceType } = profile;
  if (!url || !resourceType) throw new Error(`${profile.id} is not a profile`);
  return { url, version, resourceType, schema: compile(profile, origins) };
}

function compileExtension(definition: StructureDefinition, origins: Origins): DefinedExtension {
  const contexts = definition.context?.map(({ type, expression }) => (type === 'element' ? expression : undefined));
  const isByType = contexts?.every((it) => it !== undefined && /^[A-Z]\w+$/.test(it));
  return {
    schema: compile(definition, origins),
    contexts: isByType ? new Set(contexts as string[]) : undefined,
  };
}

/** Our profiles forbid contained resources, so the rules of R4 about them have nothing to speak of. */
function withoutContained({ schema, ...profile }: Profile): Profile {
  const invariants = schema.invariants.filter(({ key }) => !/^dom-[245]$/.test(key));
  return { ...profile, schema: { ...schema, invariants } };
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}
