/**
 * Problems: what is wrong with an input, as a value. A problem never carries what the sender wrote (it may be PHI):
 * it says where, which rule, and what to do.
 */

/** Stable codes, grouped by the stage that raises them. A code is never reused for another meaning. */
export const problemCodes = {
  // intake: the body
  'body-not-json': 'Send one event, an array of events, or NDJSON.',
  'body-too-large': 'Split it into smaller batches.',
  'body-too-deep': 'Send flat canonical events.',
  'body-empty': 'Send at least one event.',
  'media-type-unsupported': 'Send application/json or application/x-ndjson.',
  'too-many-events': 'Split the batch.',
  // intake: one event
  'event-not-object': 'Send each event as a JSON object.',
  'event-type-unknown': 'Use one of the event types that `itb-fhir schema` lists.',
  'event-version-unknown': 'Use a schemaVersion that this service knows.',
  'field-missing': 'Add the field; it is required.',
  'field-unknown': 'Remove the field or correct its name; put a field of your own under `extra`.',
  'field-type': 'Send the JSON type that the schema names.',
  'field-value': 'Send one of the values that the schema allows.',
  'field-range': 'Send a value inside the range that the schema allows.',
  'field-format': 'Send the format that the schema names.',
  'time-offset-missing': 'Write the instant with its offset (2024-06-25T10:00:00-04:00), or a partial date.',
  'flex-steps-invalid': 'Flex steps tile 24 h without gap or overlap and add up to the daily dose.',
  'program-incomplete': 'Name what this infusion mode needs: daily dose and concentration, and steps for flex.',
  // ledger
  'event-conflict': 'Send a correction instead; what is in the ledger is never overwritten.',
  'event-in-future': 'Correct its time, or send it when it has happened.',
  // history and timeline
  'target-not-found': 'Send the event that this one names, or correct the id.',
  'amendment-cycle': 'Void one of the reports that refer to each other.',
  'pump-unknown': 'Name the pump (manufacturer, model, serial number) or send its implant.',
  'fill-over-capacity': 'Check the volume and the model.',
  'concentration-mismatch': 'Check the pump with its programmer.',
  'concentration-change-without-bridge': 'Check the report: a bridge may be missing from it.',
  'previous-program-differs': 'A report may be missing: send it.',
  'unreported-program-change': 'A report may be missing: send it.',
  'residual-discrepancy': 'Check the pump with its programmer.',
  'order-incomplete': 'A report may be missing: send it.',
  // mapping and validation
  'code-unmapped': 'Add the code to the ConceptMap, or correct it at the source.',
  'kept-not-mapped': 'Nothing to do: it stays in the ledger and is written to FHIR once it is mapped.',
  'resource-invalid': 'Correct the source event or the mapping.',
  'dependency-held': 'Resolve that one first.',
  // sync
  'patient-not-found': 'Register the patient there, then retry.',
  'patient-ambiguous': 'Resolve it there, then retry.',
  'destination-refused': 'Compare the resource with what the destination accepts.',
  'destination-forbidden': 'Check the client registration and its scopes.',
  'destination-unauthorized': 'Check the client id, the key and the scopes.',
  'destination-unavailable': 'Nothing to do: it is tried again.',
  'destination-conflict': 'Nothing to do: it is read again and tried again.',
  'identity-ambiguous': 'An operator has to decide which one is ours.',
} as const;

export type ProblemCode = keyof typeof problemCodes;

/** Where in the input the problem is: a JSON path, a row of a file, a segment of a message, an event of a source. */
export interface Place {
  readonly field?: string;
  readonly row?: number;
  readonly segment?: string;
  readonly eventId?: string;
}

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning' | 'information';
  readonly place?: Place;
  /** What is wrong, in words without any value that the sender wrote. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Builds a problem whose remedy comes from the catalogue. */
export function problem(
  code: ProblemCode,
  message: string,
  place?: Place,
  severity: Problem['severity'] = 'error',
): Problem {
  return { code, severity, ...(place && { place }), message, remedy: problemCodes[code] };
}

/** What is wrong and what to do, as two sentences for a reader. */
export function inWords({ message, remedy }: Problem): string {
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return `${sentence.endsWith('.') ? sentence : `${sentence}.`} ${remedy}`;
}
