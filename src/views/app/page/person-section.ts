import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { amount } from './amounts.ts';
import { section } from './elements.ts';
import { factLine, factList } from './fact.ts';
import { momentInWords } from './moments.ts';
import { inWords } from './words.ts';

/** For whom and why, as it was reported with the therapy. */
export function personSection({ person }: PumpStatus): HTMLElement {
  return section(
    'person',
    'Patient and indication',
    factList(
      person.deathReported.value === null
        ? null
        : factLine({ label: 'Death reported', fact: person.deathReported, value: momentInWords }),
      factLine({ label: 'Age', fact: person.ageYears, value: (years) => amount(years, 'years') }),
      factLine({ label: 'Born', fact: person.birthDate, value: momentInWords }),
      factLine({ label: 'Diagnosis', fact: person.diagnosis, value: ({ display, code }) => display ?? code }),
      factLine({ label: 'Indication', fact: person.indication, value: inWords }),
      factLine({ label: 'Origin', fact: person.origin, value: inWords }),
    ),
  );
}
