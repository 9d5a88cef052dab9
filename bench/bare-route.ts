/** A bare Express route in a process of its own: sends what it was told to send, to whatever is asked. */
import express from 'express';

/** An answer as it went out. */
export interface Bytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const server = express();
server.disable('x-powered-by');
let told: Bytes = { headers: {}, body: '' };
server.get('/{*path}', (_request, response) => {
  response.set(told.headers).end(told.body);
});
const listening = server.listen(0, '127.0.0.1', () => {
  const address = listening.address();
  process.send?.(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
process.on('disconnect', () => process.exit(0));
process.on('message', (message: Bytes | 'cpu') => {
  if (message === 'cpu') process.send?.(process.cpuUsage());
  else told = message;
});
