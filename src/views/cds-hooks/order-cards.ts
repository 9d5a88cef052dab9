import type { OnePump } from '../pump-status/pump-schema.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';
import type { CardText } from './card.ts';
import { drugNote, type OrderedDrug } from './drug-note.ts';
import { drugOf, type ReadMedication } from './drug-of-order.ts';
import { matchOf, ordersOf } from './orders.ts';
import type { CodingsGiven, DrugOrder, OrderCall } from './request.ts';
import { resonanceNote } from './resonance-note.ts';
import type { CardSettings, DrugCode, OrderCodes } from './settings.ts';

/** Cards, and whether all that was ordered could be read. */
export interface OrderCards {
  readonly cards: readonly CardText[];
  readonly isComplete: boolean;
}

/** What an order has to do with the pump that is in place. */
export async function orderCards(
  call: OrderCall,
  status: PumpStatus,
  { orders: codes, indicatorOf }: CardSettings,
  readThere: ReadMedication,
): Promise<OrderCards> {
  const pumps = status.pumps.filter(({ state }) => state.value !== 'explanted');
  if (pumps.length === 0) return { cards: [], isComplete: true };
  const orders = ordersOf(call);
  const isResonance = orders.some(
    (order) =>
      order.resourceType === 'ServiceRequest' &&
      matchOf([order.code, ...(order.category ?? []), ...(order.orderDetail ?? [])], codes.magneticResonance),
  );
  const regular = orders.filter((order) => order.resourceType === 'MedicationRequest').filter(isRegular(codes));
  const running = pumps.filter(mayRun);
  const drugs = running.length > 0 ? await Promise.all(regular.map((order) => drugOf(order, call, readThere))) : [];
  const ordered = drugs.flatMap((drug, n) => (drug ? orderedDrug(drug, regular[n], codes) : []));
  const { 'magnetic-resonance': resonance, 'other-drug': other } = indicatorOf;
  return {
    cards: [
      ...(isResonance && resonance !== 'off' ? pumps.map((pump) => resonanceNote(pump, status, resonance)) : []),
      ...(ordered.length > 0 && other !== 'off' ? [drugNote(ordered, running, status, other)] : []),
    ],
    isComplete: drugs.every((drug) => drug !== undefined),
  };
}

/** Of a pump that was reported as stopped another drug is no news: it may be what replaces it. */
const mayRun = ({ programme: { delivery } }: OnePump): boolean => delivery.value !== 'stopped';

/** Not as needed, not of the rescue plan, not into the pump itself. */
const isRegular =
  ({ rescue, intrathecalRoute }: OrderCodes) =>
  ({ dosageInstruction = [], category = [], reasonCode = [] }: DrugOrder): boolean => {
    if (matchOf([...category, ...reasonCode], rescue)) return false;
    if (dosageInstruction.length === 0) return true;
    return dosageInstruction.some(
      ({ asNeededBoolean, asNeededCodeableConcept, route }) =>
        asNeededBoolean !== true && asNeededCodeableConcept === undefined && !matchOf([route], intrathecalRoute),
    );
  };

function orderedDrug(drug: CodingsGiven, order: DrugOrder | undefined, codes: OrderCodes): OrderedDrug[] {
  const hasRoute = order?.dosageInstruction?.some(({ route }) => (route?.coding ?? []).length > 0) ?? false;
  // Where the code does not say how a drug is given and neither does the order, it may be the pump's own.
  const known = (all: readonly DrugCode[]) => all.filter(({ form }) => form === 'oral' || hasRoute);
  const baclofen = matchOf([drug], known(codes.baclofen));
  if (baclofen) return [{ kind: 'baclofen', code: baclofen }];
  const depressant = matchOf([drug], known(codes.depressant));
  return depressant ? [{ kind: 'depressant', code: depressant }] : [];
}
