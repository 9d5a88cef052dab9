#!/usr/bin/env node
/** The command. It checks the Node version before anything that an older Node does not know is loaded. */
await import('./node-version.mjs');
const { enableCompileCache } = await import('node:module');
// Short commands start a third faster; where the cache folder cannot be written it is simply not used.
enableCompileCache();
await import('./main.ts');
