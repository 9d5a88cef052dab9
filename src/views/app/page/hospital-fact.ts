import type { Observation, ObservationComponent, Resource } from '@medplum/fhirtypes';
import type { Fact, Method, ReportSource } from '../../pump-status/fact-schema.ts';
import { codeOf, nameOf } from './hospital-record.ts';

/** Facts as the hospital’s record tells them: reported or measured, never calculated; what is not there is unknown. */

export const hospitalName = 'the hospital’s record';

export const unknown = <Value>(words?: string): Fact<Value> => ({
  ...{ value: null, method: 'unknown', asOf: null, source: null },
  ...(words !== undefined && { words }),
});

export function reported<Value>(value: Value | undefined, asOf: string | undefined, from: Resource): Fact<Value> {
  return value === undefined ? unknown() : known(value, 'reported', asOf, from);
}

export const known = <Value>(value: Value, method: Method, asOf: string | undefined, from: Resource): Fact<Value> => ({
  ...{ value, method, asOf: asOf ?? null, source: sourceOf(from) },
});

export const sourceOf = (from: Resource): ReportSource => ({ system: hospitalName, eventId: nameOf(from) });

/** What the panels of one pump say, the newest first. */
export class Panels {
  readonly #panels: readonly Observation[];

  constructor(panels: readonly Observation[]) {
    this.#panels = panels;
  }

  /** The newest statement of this code, of whichever panel holds it. */
  number(code: string, method: Method = 'reported'): Fact<number> {
    return this.#newest(code, method, ({ valueQuantity, valueInteger }) => valueQuantity?.value ?? valueInteger);
  }

  date(code: string): Fact<string> {
    return this.#newest(code, 'reported', ({ valueDateTime }) => valueDateTime);
  }

  text(code: string): Fact<string> {
    return this.#newest(
      code,
      'reported',
      ({ valueCodeableConcept, valueString }) => valueCodeableConcept?.text ?? valueString,
    );
  }

  /** One of our codes, of the CodeSystem named. */
  code<Code extends string>(code: string, system: string): Fact<Code> {
    return this.#newest(
      code,
      'reported',
      ({ valueCodeableConcept }) => codeOf(valueCodeableConcept, system) as Code | undefined,
    );
  }

  #newest<Value>(code: string, method: Method, value: (component: ObservationComponent) => Value | undefined) {
    for (const panel of this.#panels) {
      const component = panel.component?.find((one) => codeOf(one.code, 'itb-observation') === code);
      const found = component && value(component);
      if (found !== undefined) return known(found, method, panel.effectiveDateTime, panel);
    }
    return unknown<Value>();
  }
}
