import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { element } from './elements.ts';
import { mixUpWords } from './mix-up.ts';
import type { PatientIdentity } from './patient-identity.ts';

/** Loudly and before anything else: the open record and the pump’s reports may be about two people. */
export function mixUpWarning({ person }: PumpStatus, there: PatientIdentity): HTMLElement | null {
  const words = mixUpWords(person.birthDate.value, there.birthDate);
  return words === undefined ? null : element('p', { class: 'mix-up', role: 'alert' }, element('strong', {}, words));
}
