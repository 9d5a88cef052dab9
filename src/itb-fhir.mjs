#!/usr/bin/env node
/** The command. It checks the Node version before any TypeScript is loaded. */
await import('./node-version.mjs');
await import('./main.ts');
