import { kind } from './kind.ts';
import { label, note } from './text.ts';

export const imaging = kind({
  type: 'imaging',
  about: 'Imaging, of the pump system or of another part of the body.',
  fields: { modality: label, site: label.optional(), contrast: label.optional(), finding: note.optional() },
  example: { modality: 'X-ray', finding: 'kink at the lumbar fascia' },
});
