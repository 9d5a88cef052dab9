import { describeDestination } from '../contracts/destination.contract.ts';
import { servers } from './catalogue.ts';

for (const kind of servers.filter(({ tiers }) => tiers.document)) describeDestination(kind);
