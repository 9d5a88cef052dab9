import { Migrator } from 'kysely/migration';
import { initial } from './migrations/001-initial.ts';
import type { Db, StoreKind } from './store.ts';

/** Runs the migrations that this database has not seen. A migration is never edited once released. */
export async function migrate(db: Db, kind: StoreKind): Promise<void> {
  const provider = { getMigrations: async () => ({ '001-initial': initial(kind) }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error) throw error;
}
