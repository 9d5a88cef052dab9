import type { CodingsGiven, DrugOrder, OrderCall, ServiceOrder } from './request.ts';
import type { CodeOf } from './settings.ts';

/** The orders that a call is about: at `order-select` what is being selected, at `order-sign` all. */
export function ordersOf({ context }: OrderCall): readonly (ServiceOrder | DrugOrder)[] {
  const isMeant = (order: ServiceOrder | DrugOrder) =>
    !('selections' in context && Array.isArray(context.selections)) ||
    context.selections.includes(`${order.resourceType}/${order.id}`);
  return (context.draftOrders.entry ?? [])
    .flatMap(({ resource }) => (resource && resource.resourceType !== 'Medication' ? [resource] : []))
    .filter((order) => isMeant(order) && stands(order));
}

const ended = new Set(['cancelled', 'stopped', 'completed', 'revoked', 'entered-in-error']);

const stands = ({ status, doNotPerform }: ServiceOrder | DrugOrder): boolean =>
  doNotPerform !== true && !ended.has(status ?? '');

/** The first of our codes that is among these codings. A text is never read. */
export function matchOf<Code extends CodeOf>(
  given: readonly (CodingsGiven | undefined)[],
  codes: readonly Code[],
): Code | undefined {
  const codings = given.flatMap((one) => one?.coding ?? []);
  return codes.find(({ system, code }) => codings.some((coding) => coding.system === system && coding.code === code));
}
