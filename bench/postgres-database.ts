import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface PostgresDatabase {
  readonly url: string;
  /** Whether a commit is on the disk when it is acknowledged: both have to be on. */
  readonly durability: string;
  drop(): Promise<void>;
}

/** A database of its own on a server that is there already. */
export async function postgresDatabase(serverUrl: string): Promise<PostgresDatabase> {
  const name = `itb_bench_${randomBytes(6).toString('hex')}`;
  await execute(serverUrl, `create database ${name}`);
  const [fsync] = await execute(serverUrl, 'show fsync');
  const [commit] = await execute(serverUrl, 'show synchronous_commit');
  const durability = `fsync ${fsync?.fsync}, synchronous_commit ${commit?.synchronous_commit}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const drop = async () => void (await execute(serverUrl, `drop database ${name} with (force)`));
  return { url: url.href, durability, drop };
}

async function execute(url: string, statement: string): Promise<Record<string, string>[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(statement);
  await client.end();
  return rows;
}
