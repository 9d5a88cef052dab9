import { type Problem, problem } from '../event/problem.ts';
import type { Item, Unusable, Usable } from '../intake/item.ts';
import type { WhatWasRead } from './read-as.ts';
import type { Sender } from './senders.ts';

/**
 * What a sender may not report goes to review instead: another source system than those it reports for, a field map that
 * is not for it, a live event of a test sender, or a test of a live one. A test never becomes a live event.
 */
export function permitted(sender: Sender, { items, source }: WhatWasRead): readonly Item[] {
  return items.map((item) => {
    if (!('event' in item)) return item;
    const map = item.source ?? source;
    const refused = offence(sender, item, map);
    return refused ? withheld(item, map, refused) : item;
  });
}

function offence(
  { environment, sources, systems }: Sender,
  { event, place }: Usable,
  source: string | undefined,
): Problem | undefined {
  const refused = (message: string) => problem('sender-not-permitted', message, place);
  const stated = event.test === true ? 'test' : 'live';
  if (environment !== undefined && stated !== environment) {
    return refused(environment === 'test' ? 'a test sender reports only tests' : 'this sender reports no tests');
  }
  if (systems !== undefined && !systems.includes(event.source.system)) {
    return refused('this sender does not report for this source system');
  }
  if (source !== undefined && sources !== undefined && !sources.includes(source)) {
    return refused('this sender is not read by this field map');
  }
  return undefined;
}

/** It is kept as the event that it is, with the field map that made it, so that trying it again asks the same of its sender. */
function withheld({ event, remarks, format, ...said }: Usable, map: string | undefined, refused: Problem): Unusable {
  const { patient, source, test } = event;
  return {
    ...said,
    source: map,
    problems: [refused],
    about: { patient: patient.identifier, sourceSystem: source.system, ...(test && { test }) },
  };
}
