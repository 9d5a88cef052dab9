import { describeEntries } from './entries.contract.ts';

describeEntries('SQLite', async () => ({ url: 'sqlite::memory:', stop: async () => undefined }));
