import { describeDestination } from '../contracts/destination.contract.ts';
import { servers } from './catalogue.ts';

/** FHIR-native servers without transactions. */
for (const kind of servers.filter(({ sending, tiers }) => sending !== 'transaction' && tiers.graph))
  describeDestination(kind);
