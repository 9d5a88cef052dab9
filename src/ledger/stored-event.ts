import type { CanonicalEvent } from '../event/event.ts';
import { parseEvent } from '../event/parse.ts';

/**
 * The event in a stored payload. The bytes stay as they were sent, so they are read by the contract again: it completes
 * what senders may abbreviate (a quantity with its unit, the end of a flex step). Only what could be read was ever
 * stored, hence one that cannot is a fault of ours.
 */
export function storedEvent(payload: string): CanonicalEvent {
  const parsed = parseEvent(JSON.parse(payload));
  if ('problems' in parsed) throw new Error('An event of the ledger does not fit the contract that accepted it.');
  return parsed.event;
}
