import { once } from 'node:events';
import { createServer } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { Hl7Server } from '@medplum/hl7';

/** What the kept package does with the least that durable could mean: one row a message, one commit a message, then AA. */
export async function medplumMllp(path: string) {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = wal; pragma synchronous = full;');
  database.exec('create table message (seq integer primary key, control_id text unique not null, body text not null)');
  const statement = database.prepare('insert into message (control_id, body) values (?, ?)');
  const server = new Hl7Server((connection) => {
    connection.addEventListener('message', ({ message }) => {
      statement.run(message.getSegment('MSH')?.getField(10)?.toString() ?? '', message.toString());
      connection.send(message.buildAck());
    });
  });
  const port = await freePort();
  await server.start(port);
  return {
    port,
    stored: () =>
      database
        .prepare('select control_id from message')
        .all()
        .map((row) => String(row.control_id)),
    async close() {
      await server.stop({ forceDrainTimeoutMs: 0 });
      database.close();
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
