import { DatabaseSync } from 'node:sqlite';

/** Remembers events by their name, in a file of its own that is gone with the process: of any number in little memory. */
export interface SeenEvents {
  /** The hash under which this name came first; undefined: it is new, and remembered now. */
  before(name: string, hash: string): string | undefined;
  close(): void;
}

export function seenEvents(): SeenEvents {
  // The empty name is a database on disk that SQLite removes by itself.
  const database = new DatabaseSync('');
  database.exec('create table seen (name text primary key, hash text not null) without rowid; begin');
  const insert = database.prepare('insert into seen values (?, ?) on conflict do nothing');
  const select = database.prepare('select hash from seen where name = ?');
  return {
    before(name, hash) {
      if (insert.run(name, hash).changes > 0) return undefined;
      return (select.get(name) as { hash: string }).hash;
    },
    close: () => database.close(),
  };
}
