import { desiredOf, patientsOf, reportedEvents } from './story.ts';

/** What the golden files of a story hold, by patient: the resources whole, and what a human is told. */
export function goldenOf(name: string): { readonly resources: object; readonly remarks: object } {
  const events = reportedEvents(name);
  const results = patientsOf(events).map((patientId) => desiredOf(events, patientId));
  return {
    resources: Object.fromEntries(
      results.map(({ patientId, resources }) => [
        patientId,
        Object.fromEntries(resources.map(({ identity, resource }) => [identity, resource])),
      ]),
    ),
    remarks: Object.fromEntries(
      results.map(({ patientId, remarks }) => [
        patientId,
        remarks.map(({ problem: { code, severity, place }, held }) => ({ code, severity, held, ...place })),
      ]),
    ),
  };
}

export const goldenFiles = ['resources', 'remarks'] as const;
