import { startPostgres } from '../../contracts/postgres.ts';
import { readingContract } from './reading.contract.ts';

readingContract('PostgreSQL', startPostgres, 10);
