import type { Compilable, CompiledQuery } from 'kysely';
import type { Db, Trx } from './store.ts';

/**
 * A query that is asked with every request: put together and compiled once for each database, then only filled in.
 * `build` gets places instead of values, so what it writes must not depend on them.
 */
export function prepared<Values extends object, Row>(
  build: (db: Db, values: Values) => Compilable<Row>,
): (db: Db | Trx, values: Values) => Promise<Row[]> {
  const known = new WeakMap<Db | Trx, CompiledQuery<Row>>();
  return async (db, values) => {
    const query = known.get(db) ?? build(db, places as Values).compile();
    known.set(db, query);
    const parameters = query.parameters.map((one) => (one instanceof Place ? values[one.name as keyof Values] : one));
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}

/** Stands for a value that is not known yet. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const places = new Proxy<Record<string, unknown>>({}, { get: (_target, name) => new Place(String(name)) });
