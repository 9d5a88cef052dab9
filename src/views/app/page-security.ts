import type { RequestHandler } from 'express';
import helmet from 'helmet';

export interface PageOrigins {
  /** Beside our own: where the page's scripts may send requests. */
  readonly connect: readonly string[];
  /** Who may show the page in a frame; none: nobody. */
  readonly frameAncestors: readonly string[];
}

/** Headers of a page that shows a patient: nothing inline, nothing from elsewhere, nothing kept, no address told. */
export function pageSecurity({ connect, frameAncestors }: PageOrigins): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'", ...connect],
        frameAncestors: frameAncestors.length > 0 ? frameAncestors : ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    // Frame-ancestors says it better: this header knows no list.
    xFrameOptions: false,
    // An EHR that opens the page in a window of its own keeps a hold on it, to close it with the chart.
    crossOriginOpenerPolicy: false,
  });
}
