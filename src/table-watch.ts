import type { App } from './app.ts';
import type { Reloaded } from './live-tables.ts';
import { lookAgain } from './operate/review-again.ts';
import { listReview } from './review/list.ts';

export interface TableWatch {
  stop(): Promise<void>;
}

/**
 * Looks now and then whether somebody edited a table or a field map, in this process or in another. What mapping holds for
 * want of a code is looked at again then; what was refused waits for `review retry`, because somebody else has to see it.
 */
export function watchTables(app: App, everyMs = 2_000): TableWatch {
  let running = Promise.resolve();
  let told: string | undefined;
  let seen = editionOf(app.reloadTables());
  const look = async () => {
    const reloaded = app.reloadTables();
    const trouble = reloaded.kind === 'unusable' ? reloaded.says : undefined;
    if (trouble !== undefined && trouble !== told) app.log.error('tables unusable');
    told = trouble;
    const edition = editionOf(reloaded);
    if (edition === undefined || edition === seen) return;
    seen = edition;
    app.log.info('tables read again');
    await lookAtHeld(app);
  };
  const timer = setInterval(() => {
    running = running.then(look).catch(() => app.log.error('tables unusable'));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

const editionOf = (reloaded: Reloaded): number | undefined =>
  reloaded.kind === 'usable' ? reloaded.edition : undefined;

const atOnce = 500;

async function lookAtHeld(app: App): Promise<void> {
  const tenants = await app.store.db.selectFrom('population').select('tenant').distinct().execute();
  for (const { tenant } of tenants) {
    for (let afterId = 0; ; ) {
      const filter = { tenant, state: 'open', stage: 'mapping', code: 'code-unmapped' } as const;
      const items = await listReview(app.store.db, { ...filter, afterId, limit: atOnce });
      const patients = items.flatMap(({ patientId, environment }) => (patientId ? [{ patientId, environment }] : []));
      for (const patient of patients) await lookAgain(app, { tenant, ...patient });
      if (items.length < atOnce) break;
      afterId = items.at(-1)?.id ?? afterId;
    }
  }
}
