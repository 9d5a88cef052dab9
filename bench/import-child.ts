/** Imports one file with the real command and tells its parent how much memory that took at most. */
import { importFiles } from '../src/commands/import.ts';

const [file] = process.argv.slice(2) as [string];
const exitCode = await importFiles([file], undefined, { tenant: 'default', from: 'start' });
process.send?.({ exitCode, peakMb: process.resourceUsage().maxRSS / 1024 });
