import type { DestinationCapabilities } from './capability.ts';
import type { FhirClient } from './fhir-client.ts';
import type { Operation, Plan } from './plan.ts';
import type { Routes } from './routes.ts';
import { bundleOf, readBundle } from './send-bundle.ts';
import { firstBatch, firstWave, type Limits } from './send-portion.ts';
import { readSingle, requestOf } from './send-single.ts';
import type { Place, Sent } from './send-write.ts';

/** How a destination takes a plan: as a whole event at a time, as entries that stand alone, or one by one. */
export interface Sending {
  /** `event`: what one event changes happens as a whole or not at all. `operation`: each stands for itself. */
  readonly unit: 'event' | 'operation';
  /**
   * What travels next; at most so many events where they travel as a whole. Empty while there is something left: what is
   * left refers to each other in a circle, and only a transaction could take it.
   */
  next(groups: Plan, mostEvents: number): readonly Operation[];
  /** Sends it, and reads what became of each operation. */
  send(client: FhirClient, operations: readonly Operation[], place: Place): Promise<Sent>;
}

/** The smaller limit counts: what the destination bears, or what is configured for it. */
export function sendingBy(
  { sending }: Pick<Routes, 'sending'>,
  capabilities: Pick<DestinationCapabilities, 'maxEntries' | 'maxBytes'>,
  maxEntries: number,
): Sending {
  const limits: Limits = {
    entries: Math.min(maxEntries, capabilities.maxEntries ?? maxEntries),
    bytes: capabilities.maxBytes ?? Number.POSITIVE_INFINITY,
  };
  switch (sending) {
    case 'transaction':
      return {
        unit: 'event',
        next: (groups, mostEvents) => firstBatch(groups, limits, mostEvents),
        send: bundled('transaction'),
      };
    case 'batch':
      return { unit: 'operation', next: (groups) => firstWave(groups, limits), send: bundled('batch') };
    case 'single':
      return { unit: 'operation', next: (groups) => firstWave(groups, { ...limits, entries: 1 }), send: oneByOne };
  }
}

function bundled(type: 'transaction' | 'batch'): Sending['send'] {
  return async (client, operations, place) => {
    const answer = await client.send({ method: 'POST', path: '', body: bundleOf(type, operations, place) });
    return readBundle(operations, answer, place);
  };
}

const oneByOne: Sending['send'] = async (client, operations, place) => {
  const [operation] = operations;
  if (!operation || operations.length > 1) throw new Error('operations that travel alone are sent one at a time');
  return readSingle(operation, await client.send(requestOf(operation, place)), place);
};
