import type { CanonicalEvent } from '../event/event.ts';
import type { Place, Problem } from '../event/problem.ts';

/** What every format becomes: events, or problems with their place. See `src/README.md` for the flow. */

export type Format = 'json' | 'ndjson' | 'csv' | 'hl7v2' | 'fhir';

/** A whole as its sender sent it: a request, an HL7 v2 message, a file. All items of one message share it by reference. */
export interface Message {
  /** Under which what became of it can be looked up. */
  readonly receiptId: string;
  /**
   * Of the authenticated sender; it wins over what a source system is configured to report for. Undefined: nobody is
   * authenticated on this machine, and each source system reports for its own.
   */
  readonly tenant: string | undefined;
  /** Name of the configured sender, or who stands in for one (`this-machine`, `command-line`). */
  readonly sender: string;
  readonly format: Format;
  /** Name of the field map by which it was read. */
  readonly source?: string | undefined;
  /** How the sender names it: MSH-3, MSH-4 and MSH-10, an `Idempotency-Key`. The same again is answered as before. */
  readonly messageId?: string | undefined;
  /** Verbatim. */
  readonly body: string;
  /** What of it was not used, and by whose decision. */
  readonly unused: readonly Unused[];
}

/** A field that held something and reached no event. */
export interface Unused {
  /** In the words of the format: `OBX-18`, a column, a FHIRPath. */
  readonly path: string;
  /** How often in this message. */
  readonly count: number;
  /** `kept`: verbatim in `extra`; `ignored`: by a decision of the field map, with its reason; `unknown`: nobody decided. */
  readonly decision: 'kept' | 'ignored' | 'unknown';
  readonly reason?: string | undefined;
}

interface Said {
  /**
   * What is kept of it. Of an event: the event as JSON. Of what cannot be used: enough of what was sent to read it again
   * alone (a CSV row with its header, a whole HL7 v2 message), verbatim, so that nothing is lost.
   */
  readonly payload: string;
  readonly place: Place;
  /** Absent: canonical JSON that was sent as such. */
  readonly format?: Format | undefined;
  /** Name of the field map, where one was used. */
  readonly source?: string | undefined;
  readonly message?: Message | undefined;
  /** Identities that an adapter gave to what was sent: by these what we wrote ourselves is recognised. */
  readonly identities?: readonly { readonly system: string; readonly value: string }[] | undefined;
}

/** What is an event. */
export interface Usable extends Said {
  readonly event: CanonicalEvent;
  /** What stands beside it: it is usable, and something about it is to be said to its sender. */
  readonly remarks?: readonly Problem[] | undefined;
}

/** What cannot be used as it is: it goes to review. */
export interface Unusable extends Said {
  readonly problems: readonly Problem[];
  /** Codes of the sender that no ConceptMap has: what somebody who looks after the code tables would add. Never stored. */
  readonly unmapped?: readonly UnmappedCode[] | undefined;
  /** Whom it is about, as far as it could be read: then that patient's answers say that something is held. */
  readonly about?:
    | {
        readonly patient?: { readonly system: string; readonly value: string } | undefined;
        readonly sourceSystem?: string | undefined;
        readonly test?: boolean | undefined;
      }
    | undefined;
}

/** A code as it was looked for in a ConceptMap. */
export interface UnmappedCode {
  /** Canonical of the ConceptMap. */
  readonly conceptMap: string;
  readonly system: string;
  readonly code: string;
  /** The sender's own words for it. */
  readonly display?: string | undefined;
}

/** What is left alone on purpose: an echo of what we wrote, a document that is not signed. The problem says why; nobody has to act. */
export interface LeftAlone extends Said {
  readonly leftAlone: Problem;
}

export type Item = Usable | Unusable | LeftAlone;
