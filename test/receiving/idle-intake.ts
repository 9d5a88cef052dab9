import type { App } from '../../src/app.ts';
import type { HttpParts } from '../../src/http.ts';
import { openReceiving } from '../../src/receiving/receive.ts';
import { openSenders } from '../../src/receiving/senders.ts';

/** Intake of a process in which nothing runs beside the requests. */
export function idleIntake(app: App): HttpParts {
  const quiet = { whenAppended: () => undefined, whenWaiting: () => undefined };
  return {
    ...quiet,
    receiving: openReceiving(app, quiet),
    senders: openSenders(app),
    mayWait: () => true,
    listeners: () => [],
  };
}
