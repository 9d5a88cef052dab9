import { describeDestination } from '../contracts/destination.contract.ts';
import { servers } from './catalogue.ts';

/** What takes nothing of ours by FHIR: told to an interface engine, or listed for a human. */
for (const kind of servers.filter(({ tiers }) => tiers.hl7v2 || tiers.worklist)) describeDestination(kind);
