import type { Migration } from 'kysely/migration';

/** What a status says, as text that is ready to be sent but for what moves with the asked instant. */
export const readingSpeed: Migration = {
  async up(db) {
    await db.schema.alterTable('reading').addColumn('status_text', 'text').execute();
  },
};
