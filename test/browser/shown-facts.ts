import type { Page } from 'playwright-core';
import type { PumpStatus } from '../../src/views/pump-status/status-schema.ts';

/** A fact as the page shows it and as the API answered it. */
export interface ShownFact {
  readonly name: string;
  readonly value: unknown;
  readonly method: string;
}

export async function shownFacts(page: Page): Promise<ShownFact[]> {
  const found = await page
    .locator('[data-fact]')
    .evaluateAll((all) =>
      all.map((one) => [
        one.getAttribute('data-fact'),
        one.getAttribute('data-value'),
        one.getAttribute('data-method'),
      ]),
    );
  return found.map(([name, value, method]) => ({
    name: name ?? '',
    value: JSON.parse(value ?? 'null') as unknown,
    method: method ?? '',
  }));
}

/** Every fact of an answer by its place in it. */
export function factsIn(answer: object, path = ''): Map<string, { value: unknown; method: string }> {
  const found = Object.entries(answer).flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [];
    if ('method' in value && 'asOf' in value)
      return [[`${path}${name}`, value as { value: unknown; method: string }]] as const;
    return [...factsIn(value, `${path}${name}.`)];
  });
  return new Map(found);
}

/** What is known of pumps in use, of the person and of the plan: all of it belongs on the page. */
export function knownFacts(status: PumpStatus): string[] {
  return [...factsIn(status)]
    .filter(([name, { value }]) => value !== null && !isOfExplanted(status, name))
    .map(([name]) => name);
}

function isOfExplanted({ pumps }: PumpStatus, name: string): boolean {
  const [, index] = /^pumps\.(\d+)\./.exec(name) ?? [];
  return index !== undefined && pumps[Number(index)]?.state.value === 'explanted';
}
