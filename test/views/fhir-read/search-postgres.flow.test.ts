import { startPostgres } from '../../contracts/postgres.ts';
import { searchContract } from './search.contract.ts';

searchContract('PostgreSQL', startPostgres, 60);
