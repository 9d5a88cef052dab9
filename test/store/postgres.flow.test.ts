import { startPostgres } from '../contracts/postgres.ts';
import { storeContract } from '../contracts/store.contract.ts';

storeContract('PostgreSQL', startPostgres);
