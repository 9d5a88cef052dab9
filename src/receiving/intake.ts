import { Router } from 'express';
import type { App } from '../app.ts';
import { csvRoute } from './csv-route.ts';
import { type DoorParts, openDoor } from './door.ts';
import { eventsRoute } from './events-route.ts';
import { hl7v2Route } from './hl7v2-route.ts';
import { receiptsRoute } from './receipts-route.ts';
import { openReceiving } from './receive.ts';
import { openSenders } from './senders.ts';
import { startWaitingReader, type WaitingReader, type WaitingReaderOptions } from './waiting-reader.ts';

/** Everything of a process that takes in what others report. */
export interface Intake extends DoorParts {
  /** Ends when what is under way is done. */
  stop(): Promise<void>;
}

/** `whenAppended`: something is new in the ledger. */
export function startIntake(app: App, whenAppended: () => void, options?: WaitingReaderOptions): Intake {
  let reader: WaitingReader | undefined;
  const receiving = openReceiving(app, { whenAppended, whenWaiting: () => reader?.poke() });
  const senders = openSenders(app);
  reader = startWaitingReader(app, { receiving, senders }, options);
  return { receiving, senders, mayWait: reader.mayWait, stop: reader.stop };
}

/** The routes of everything that is reported over HTTP. */
export function intakeRoutes(app: App, parts: DoorParts): Router {
  const door = openDoor(app, parts);
  const router = Router();
  router.use(eventsRoute(door));
  router.use(csvRoute(app, door));
  router.use(hl7v2Route(app, door));
  router.use(receiptsRoute(app, door));
  return router;
}
