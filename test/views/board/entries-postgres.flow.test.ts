import { startPostgres } from '../../contracts/postgres.ts';
import { describeEntries } from './entries.contract.ts';

describeEntries('PostgreSQL', startPostgres);
