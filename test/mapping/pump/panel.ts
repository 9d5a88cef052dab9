import type { Observation, ObservationComponent, Quantity } from '@medplum/fhirtypes';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { desired } from '../../../src/mapping/desired.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { made } from '../made.ts';

/** The components of an Observation, each as `code: value`, as a reader would note them. */
export const readings = ({ component = [] }: Observation): string[] =>
  component.map((each) => `${each.code.coding?.[0]?.code}: ${valueIn(each)}`);

function valueIn(component: ObservationComponent): string {
  const { valueQuantity, valueCodeableConcept, valuePeriod, dataAbsentReason } = component;
  if (valueQuantity) return amountIn(valueQuantity);
  if (valueCodeableConcept) return valueCodeableConcept.coding?.[0]?.code ?? `"${valueCodeableConcept.text}"`;
  if (valuePeriod) return `${valuePeriod.start} to ${valuePeriod.end}`;
  if (dataAbsentReason) return `absent, ${dataAbsentReason.coding?.[0]?.code}`;
  return String(component.valueDateTime ?? component.valueInteger ?? component.valueString ?? component.valueBoolean);
}

const amountIn = ({ comparator, value, code }: Quantity): string => `${comparator ?? ''}${value} ${code}`;

/** The first code and the text of a concept of ours. */
export const ours = (system: string, code: string, display: string, text = display) => ({
  coding: [{ system: `https://w3id.org/itb-fhir/CodeSystem/${system}`, code, display }],
  text,
});

export const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });
export const panelOf = (id: string, ...events: readonly CanonicalEvent[]) =>
  made([implant, ...events]).by<Observation>('pumpStatus', id);
export const read = (fields: object, at = '2024-05-01T10:00:00-04:00') =>
  report('interrogation', 'B', at, { ...fields });

/** The panel where nothing that we calculate may be shown. */
export function withheld(id: string, ...events: readonly CanonicalEvent[]): Observation | undefined {
  const { therapy, context } = made([implant, ...events]);
  const { resources } = desired(therapy, { ...context, calculatedValues: 'withheld' });
  const found = resources.find(
    ({ resource, entry }) =>
      resource.meta?.profile?.[0]?.endsWith('/itb-pump-status') && entry.source.reportEventId === id,
  );
  return found?.resource as Observation | undefined;
}
