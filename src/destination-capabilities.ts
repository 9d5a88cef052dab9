import type { App } from './app.ts';
import type { DestinationRuntime } from './destination-runtime.ts';
import type { Problem } from './event/problem.ts';
import { oweAgain } from './outbox/owe-again.ts';
import { openReview } from './review/review.ts';
import { appendAudit } from './store/audit.ts';
import type { Trx } from './store/store.ts';
import { capabilitiesOf, type Known, type Watched } from './sync/capability-watch.ts';
import type { Reaction } from './sync/failure.ts';

/**
 * What a destination can do, asked anew where it is time or `surprised`. A statement that has changed owes every
 * patient there and is shown to a human.
 */
export function knownCapabilities(
  app: App,
  runtime: DestinationRuntime,
  reason: 'as-due' | 'surprised',
): Promise<Known | Reaction> {
  return capabilitiesOf(watched(app, runtime), reason);
}

function watched(app: App, { destination, client, facts }: DestinationRuntime): Watched {
  return {
    db: app.store.db,
    client,
    destination,
    facts,
    whenChanged: (trx, changed) => destinationChanged(app, trx, destination, changed),
  };
}

async function destinationChanged(
  app: App,
  trx: Trx,
  { tenant, environment, name }: DestinationRuntime['destination'],
  changed: Problem,
): Promise<void> {
  const patients = await oweAgain(trx, { tenant, destination: name });
  const dedupeKey = `sync|${name}|${changed.code}`;
  await openReview(trx, {
    ...{ tenant, environment, destination: name, dedupeKey },
    ...{ stage: 'sync', effect: 'remark', problem: changed },
  });
  const at = app.now().epochMilliseconds;
  const detail = { destination: name, patients };
  await appendAudit(trx, { tenant, at, action: 'destination-changed', actor: 'worker', outcome: 'done', detail });
}
