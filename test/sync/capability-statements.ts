import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CapabilityStatement } from '@medplum/fhirtypes';
import { loadPreset } from '../../src/destination-presets.ts';
import { type DestinationCapabilities, parseCapabilities } from '../../src/sync/capability.ts';
import type { Fact } from '../../src/sync/facts.ts';

const projectDir = join(import.meta.dirname, '..', '..');
export const mappingsDir = join(projectDir, 'mappings');

export const fetchedAtMs = 1_795_284_000_000;

/** The statement of one kind of server: test/servers/statements. */
export function statementOf(server: string): CapabilityStatement {
  return JSON.parse(readFileSync(join(projectDir, 'test', 'servers', 'statements', `${server}.json`), 'utf8'));
}

/** What that server can do with the facts of its preset, and those of a site. */
export function capabilitiesOfServer(server: string, siteFacts: readonly Fact[] = []): DestinationCapabilities {
  return parsed(statementOf(server), [...loadPreset(mappingsDir, server).facts, ...siteFacts]);
}

export function parsed(statement: unknown, facts: readonly Fact[] = []): DestinationCapabilities {
  const capabilities = parseCapabilities(statement, fetchedAtMs, facts);
  if ('remedy' in capabilities) throw new Error(capabilities.message);
  return capabilities;
}
