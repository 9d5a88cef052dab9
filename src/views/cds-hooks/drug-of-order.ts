import { type CodingsGiven, type DrugOrder, type MedicationGiven, medication, type OrderCall } from './request.ts';

/** Reads one Medication at the EHR; undefined where it cannot be had in time. */
export type ReadMedication = (id: string) => Promise<MedicationGiven | undefined>;

/** What an order orders: its codes; undefined: it refers to a drug that cannot be had. */
export async function drugOf(
  order: DrugOrder,
  call: OrderCall,
  readThere: ReadMedication,
): Promise<CodingsGiven | undefined> {
  if (order.medicationCodeableConcept) return order.medicationCodeableConcept;
  const reference = order.medicationReference?.reference;
  if (reference === undefined) return {};
  const found = given(reference, order, call) ?? (await read(reference, readThere));
  return found && (found.code ?? {});
}

/** In the order itself, among the drafts, or fetched before by the EHR. */
function given(reference: string, order: DrugOrder, { context, prefetch }: OrderCall): MedicationGiven | undefined {
  if (reference.startsWith('#')) {
    const contained = order.contained?.find((one) => one.id === reference.slice(1));
    return medication.safeParse(contained).data;
  }
  const entries = [...(context.draftOrders.entry ?? []), ...(prefetch?.medications?.entry ?? [])];
  const found = entries.find(
    ({ fullUrl, resource }) =>
      resource?.resourceType === 'Medication' && (fullUrl === reference || `Medication/${resource.id}` === reference),
  );
  return found?.resource?.resourceType === 'Medication' ? found.resource : undefined;
}

/** Only a relative reference is one to the server that the call names. */
async function read(reference: string, readThere: ReadMedication): Promise<MedicationGiven | undefined> {
  const id = /^Medication\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1];
  return id === undefined ? undefined : readThere(id);
}
