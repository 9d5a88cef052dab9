import { z } from 'zod';

/** One line: a name, a code of the source, a site. */
export const label = z.string().trim().min(1).max(200);

/** Free text of a clinician, kept verbatim. */
export const note = z.string().min(1).max(4000);
