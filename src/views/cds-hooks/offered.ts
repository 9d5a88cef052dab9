/** What `GET /cds-services` answers (CDS Hooks 2.0 "Discovery"). */

const orderPrefetch = {
  // Only what a draft refers to: a drug that an order names outside itself.
  medications: 'MedicationRequest?patient={{context.patientId}}&status=draft&_include=MedicationRequest:medication',
} as const;

const orders =
  'Says that an intrathecal baclofen pump is in place when magnetic resonance, baclofen or another drug that depresses the central nervous system is ordered. Silent for orders as needed, of the rescue plan, and by the intrathecal route.';

export const services = [
  {
    id: 'itb-pump-status',
    hook: 'patient-view',
    title: 'Intrathecal baclofen pump: status',
    description:
      'Says when the refill or alarm date of an intrathecal baclofen pump has passed, when a critical alarm stands, and when its battery asks for replacement. Not an alarm or monitoring system.',
  },
  {
    id: 'itb-pump-order-select',
    hook: 'order-select',
    title: 'Intrathecal baclofen pump: orders being selected',
    description: orders,
    prefetch: orderPrefetch,
  },
  {
    id: 'itb-pump-order-sign',
    hook: 'order-sign',
    title: 'Intrathecal baclofen pump: orders being signed',
    description: orders,
    prefetch: orderPrefetch,
  },
] as const;

export type Service = (typeof services)[number];

export const serviceOf = (id: string | undefined): Service | undefined => services.find((one) => one.id === id);
