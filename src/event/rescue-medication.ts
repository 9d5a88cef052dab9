import { kind } from './kind.ts';
import { label } from './text.ts';

export const rescueMedication = kind({
  type: 'rescue-medication',
  about: 'Medication given for withdrawal, overdose or cover. Never added to the intrathecal dose.',
  fields: { medication: label, dose: label.optional(), route: label.optional(), indication: label.optional() },
  example: { medication: 'baclofen', dose: '10 mg every 6 h', route: 'oral', indication: 'withdrawal' },
});
