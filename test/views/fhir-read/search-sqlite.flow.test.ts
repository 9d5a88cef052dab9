import { searchContract } from './search.contract.ts';

searchContract('SQLite', async () => ({ url: 'sqlite::memory:', stop: async () => undefined }), 200);
