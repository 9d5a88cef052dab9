import { z } from 'zod';

/** Who may call the FHIR API from a page in a browser, beside our own pages. */
export const fhirReadConfig = z.strictObject({
  allowOrigins: z
    .array(
      z
        .url({ protocol: /^https?$/ })
        .refine(
          (url) => URL.canParse(url) && new URL(url).origin === url,
          'an origin: scheme, host and port, without a path or a slash',
        ),
    )
    .default([]),
});
