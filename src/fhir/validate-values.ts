import type { Resource } from '@medplum/fhirtypes';
import { emittedUnits } from './emitted-units.ts';
import { external } from './systems.ts';
import type { Finding } from './validate.ts';

const knownUnits: ReadonlySet<string> = new Set(emittedUnits);

/**
 * A period ends no earlier than it starts, compared as instants and not as text; a quantity has a UCUM unit that we
 * emit. Units are checked in resources of ours only: others may measure what they like.
 */
export function checkTimesAndUnits(resource: Resource, scope: 'times' | 'times-and-units'): Finding[] {
  const findings: Finding[] = [];
  visit(resource, resource.resourceType, { findings, scope });
  return findings;
}

interface Walk {
  readonly findings: Finding[];
  readonly scope: 'times' | 'times-and-units';
}

function visit(value: unknown, path: string, walk: Walk): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) visit(value[i], `${path}[${i}]`, walk);
    return;
  }
  const element = value as Record<string, unknown>;
  checkPeriod(element, path, walk);
  if (walk.scope === 'times-and-units') checkQuantity(element, path, walk);
  for (const key in element) {
    if (typeof element[key] === 'object') visit(element[key], `${path}.${key}`, walk);
  }
}

function checkPeriod({ start, end }: Record<string, unknown>, path: string, { findings }: Walk): void {
  if (typeof start !== 'string' || typeof end !== 'string') return;
  if (endsBeforeStart(start, end)) {
    findings.push({ code: 'order', expression: path, message: 'The period ends before it starts' });
  }
}

/** Texts that are no time are left to the structure check. */
function endsBeforeStart(start: string, end: string): boolean {
  if (start.length > 10 && end.length > 10) {
    const [from, to] = [instantOf(start), instantOf(end)];
    return from !== undefined && to !== undefined && Temporal.Instant.compare(to, from) < 0;
  }
  // A partial date spans a year, a month or a day: only a period that cannot be in order is a finding.
  const shared = Math.min(start.length, end.length, 10);
  return end.slice(0, shared) < start.slice(0, shared);
}

function instantOf(text: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.from(text);
  } catch {
    return undefined;
  }
}

function checkQuantity(element: Record<string, unknown>, path: string, { findings }: Walk): void {
  const { value, code, unit, system } = element;
  if (typeof value !== 'number' || (code === undefined && unit === undefined && system === undefined)) return;
  if (system !== external.ucum) {
    findings.push({ code: 'unit', expression: path, message: 'A quantity states its unit in UCUM' });
  } else if (typeof code !== 'string' || !knownUnits.has(code)) {
    findings.push({ code: 'unit', expression: path, message: 'This unit is not among those that are emitted' });
  }
}
