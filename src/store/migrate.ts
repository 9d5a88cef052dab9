import { Migrator } from 'kysely/migration';
import { initial } from './migrations/001-initial.ts';
import { destinations } from './migrations/002-destinations.ts';
import { reading } from './migrations/003-reading.ts';
import { intake } from './migrations/004-intake.ts';
import { readingSpeed } from './migrations/005-reading-speed.ts';
import type { Db, StoreKind } from './store.ts';

/** Runs the migrations that this database has not seen. A migration is never edited once released. */
export async function migrate(db: Db, kind: StoreKind): Promise<void> {
  const migrations = {
    '001-initial': initial(kind),
    '002-destinations': destinations,
    '003-reading': reading(kind),
    '004-intake': intake(kind),
    '005-reading-speed': readingSpeed,
  };
  const provider = { getMigrations: async () => migrations };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error) throw error;
}
