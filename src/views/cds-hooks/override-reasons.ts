import { itb } from '../../fhir/systems.ts';
import type { OverrideReason } from './card.ts';

/** Why a reader sets a card aside, from our CodeSystem (profiles/fsh/codes-cards.fsh). */
const displays = {
  'checked-with-programmer': 'Pump checked with its programmer',
  'refilled-elsewhere': 'Refilled elsewhere',
  'pump-team-informed': 'Pump team informed',
  planned: 'Known and planned for',
  'mr-clarified': 'MR status clarified with manufacturer and radiology',
  'rescue-plan': 'Part of the rescue plan',
  'intended-together': 'Meant beside the pump, as confirmed by the pump team',
  'not-relevant-now': 'Not relevant to this visit',
} as const;

export type OverrideCode = keyof typeof displays;

export const overrideReasons = (...codes: readonly OverrideCode[]): OverrideReason[] =>
  codes.map((code) => ({ system: itb.cardOverride, code, display: displays[code] }));
