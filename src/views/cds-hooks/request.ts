import { z } from 'zod';
import type { Service } from './offered.ts';

/** A call of a service, so far as we use it (CDS Hooks 2.0 "HTTP Request"). EHRs add members of their own. */

const fhirId = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/);

const codings = z.looseObject({
  coding: z.array(z.looseObject({ system: z.string().optional(), code: z.string().optional() })).optional(),
});

export const medication = z.looseObject({
  resourceType: z.literal('Medication'),
  id: fhirId,
  code: codings.optional(),
});

const serviceRequest = z.looseObject({
  resourceType: z.literal('ServiceRequest'),
  id: z.string().optional(),
  status: z.string().optional(),
  doNotPerform: z.boolean().optional(),
  code: codings.optional(),
  category: z.array(codings).optional(),
  orderDetail: z.array(codings).optional(),
});

const dosage = z.looseObject({
  asNeededBoolean: z.boolean().optional(),
  asNeededCodeableConcept: z.looseObject({}).optional(),
  route: codings.optional(),
});

const medicationRequest = z.looseObject({
  resourceType: z.literal('MedicationRequest'),
  id: z.string().optional(),
  status: z.string().optional(),
  doNotPerform: z.boolean().optional(),
  category: z.array(codings).optional(),
  reasonCode: z.array(codings).optional(),
  medicationCodeableConcept: codings.optional(),
  medicationReference: z.looseObject({ reference: z.string().optional() }).optional(),
  dosageInstruction: z.array(dosage).optional(),
  contained: z.array(z.looseObject({ resourceType: z.string() })).optional(),
});

const read = new Set(['ServiceRequest', 'MedicationRequest', 'Medication']);
const readResource = z.discriminatedUnion('resourceType', [serviceRequest, medicationRequest, medication]);

/** What is none of the types that we read may be as it is. */
const otherResource = z
  .looseObject({ resourceType: z.string().refine((type) => !read.has(type)) })
  .transform(() => undefined);

const bundle = z.looseObject({
  resourceType: z.literal('Bundle'),
  entry: z
    .array(
      z.looseObject({ fullUrl: z.string().optional(), resource: z.union([readResource, otherResource]).optional() }),
    )
    .optional(),
});

const person = { userId: z.string(), patientId: fhirId };
const selections = z.array(z.string());

const contexts = {
  'patient-view': z.looseObject(person),
  'order-select': z.looseObject({ ...person, selections, draftOrders: bundle }),
  'order-sign': z.looseObject({ ...person, draftOrders: bundle }),
} as const;

const call = {
  hookInstance: z.guid(),
  fhirServer: z.url().optional(),
  fhirAuthorization: z.looseObject({ access_token: z.string().min(1), token_type: z.literal('Bearer') }).optional(),
  // A template for which the EHR has nothing is null or absent; an OperationOutcome is what could not be had.
  prefetch: z
    .looseObject({ medications: z.union([bundle, z.unknown().transform(() => undefined)]).optional() })
    .optional(),
};

const requests = {
  'patient-view': z.looseObject({ ...call, hook: z.literal('patient-view'), context: contexts['patient-view'] }),
  'order-select': z.looseObject({ ...call, hook: z.literal('order-select'), context: contexts['order-select'] }),
  'order-sign': z.looseObject({ ...call, hook: z.literal('order-sign'), context: contexts['order-sign'] }),
} as const;

export type CodingsGiven = z.output<typeof codings>;
export type MedicationGiven = z.output<typeof medication>;
export type ServiceOrder = z.output<typeof serviceRequest>;
export type DrugOrder = z.output<typeof medicationRequest>;
export type OrdersGiven = z.output<typeof bundle>;
export type OrderCall = z.output<(typeof requests)['order-select' | 'order-sign']>;
export type ServiceCall = z.output<(typeof requests)[keyof typeof requests]>;

export type Read = { readonly call: ServiceCall } | { readonly unusable: readonly string[] };

/** The call, or where it is none for this service. The places are ours: no value that was sent is among them. */
export function readCall({ hook }: Service, body: unknown): Read {
  const parsed = requests[hook].safeParse(body);
  if (parsed.success) return { call: parsed.data };
  const places = parsed.error.issues.map(({ path }) => path.filter((step) => typeof step === 'string').join('.'));
  return { unusable: [...new Set(places.map((place) => place || 'body'))] };
}
