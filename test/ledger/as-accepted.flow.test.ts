import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents } from '../../src/intake/json.ts';
import { patientsOf } from '../../src/ledger/patients.ts';
import { therapyEvents } from '../../src/ledger/therapy-events.ts';
import { ingest } from '../../src/pipeline.ts';
import { limits, openAdapter } from '../flow/adapter.ts';
import { recordedOf, reportedEvents, storiesDir, storyNames } from '../stories/story.ts';

/**
 * The ledger keeps what a sender wrote, byte for byte; the therapy needs what that means. Senders may abbreviate: a
 * quantity with its unit, a flex step without its end.
 */
describe('what comes back from the ledger', () => {
  it.each(storyNames)('of %s are the events as they were accepted', async (story) => {
    const app = await openAdapter({});
    try {
      const items = readEvents(await readFile(join(storiesDir, story, 'events.ndjson'), 'utf8'), 'ndjson', limits);
      if ('problem' in items) throw new Error('not readable');
      await ingest(app, items);
      const stored = new Map<string, unknown>();
      for await (const patient of patientsOf(app.store.db, 'default', 'test')) {
        for (const { event } of await therapyEvents(app.store.db, patient)) stored.set(event.source.eventId, event);
      }
      const accepted = recordedOf(reportedEvents(story)).map(({ event }) => event);
      expect([...stored.values()]).toEqual(expect.arrayContaining(accepted));
    } finally {
      await app.close();
    }
  });
});
