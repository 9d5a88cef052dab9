import type { ClinicalEventOf, ClinicalType } from '../../event/event.ts';
import type { Entry } from '../../therapy/history.ts';
import type { Timeline } from '../../therapy/timeline.ts';
import { reported } from './fact.ts';
import type { PumpStatus } from './status-schema.ts';

type Person = PumpStatus['person'];

/** Who the patient is, as reported last. The age depends on the asked instant. */
export function personFacts(therapy: Timeline): Omit<Person, 'ageYears'> {
  const [baseline, death] = [entriesOf(therapy, 'baseline'), entriesOf(therapy, 'death').at(-1)];
  const last = <Name extends 'birthDate' | 'indication' | 'origin' | 'diagnosis'>(name: Name) => {
    const by = baseline.findLast(({ event }) => event[name] !== undefined);
    return reported(by?.event[name], by);
  };
  const diagnosis = last('diagnosis');
  return {
    birthDate: last('birthDate'),
    diagnosis: {
      ...diagnosis,
      value: diagnosis.value && { ...diagnosis.value, display: diagnosis.value.display ?? null },
    },
    indication: last('indication'),
    origin: last('origin'),
    deathReported: reported(death?.when.text, death),
  };
}

export const entriesOf = <Type extends ClinicalType>(
  { entries }: Timeline,
  type: Type,
): Entry<ClinicalEventOf<Type>>[] =>
  entries.filter((entry): entry is Entry<ClinicalEventOf<Type>> => entry.event.type === type);
