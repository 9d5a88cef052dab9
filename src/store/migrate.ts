import { Migrator } from 'kysely/migration';
import { initial } from './migrations/001-initial.ts';
import { destinations } from './migrations/002-destinations.ts';
import type { Db, StoreKind } from './store.ts';

/** Runs the migrations that this database has not seen. A migration is never edited once released. */
export async function migrate(db: Db, kind: StoreKind): Promise<void> {
  const provider = { getMigrations: async () => ({ '001-initial': initial(kind), '002-destinations': destinations }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error) throw error;
}
