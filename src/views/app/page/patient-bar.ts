import { element } from './elements.ts';
import { momentInWords } from './moments.ts';
import type { PatientIdentity } from './patient-identity.ts';

/** Whose pump this is, where the EHR does not show it around the page. */
export function patientBar({ name, birthDate, recordNumber }: PatientIdentity): HTMLElement {
  return element(
    'section',
    { class: 'patient', 'aria-label': 'Patient' },
    element('strong', { class: 'who' }, name ?? 'Name not told by the record'),
    element('span', {}, birthDate ? `born ${momentInWords(birthDate)}` : 'birth date not told'),
    element('span', {}, recordNumber ? `record number ${recordNumber}` : 'record number not told'),
  );
}
