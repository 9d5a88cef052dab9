/** The service in a process that its parent kills: tells its address, then serves until it dies. Retries come soon. */
import { flushCompileCache } from 'node:module';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { startService } from '../../src/service.ts';

const app = await openApp(loadConfig(process.argv[2]));
const service = await startService(app, { pollIntervalMs: 100, retry: { baseMs: 50, maxMs: 1_000 } });
process.on('disconnect', () => process.exit(0));
process.send?.(service.url);
// Who is killed leaves nothing for the next one to start from.
flushCompileCache();
