/**
 * Problems: what is wrong with an input, as a value. A problem never carries what the sender wrote (it may be PHI):
 * it says where, which rule, and what to do.
 */

/** Stable codes, grouped by the stage that raises them. A code is never reused for another meaning. */
export const problemCodes = {
  // intake: the body
  'body-not-json': 'The body is not valid JSON. Send one event, an array of events, or NDJSON.',
  'body-too-large': 'The body is larger than the limit. Split it into smaller batches.',
  'body-too-deep': 'The body is nested deeper than the limit. Send flat canonical events.',
  'body-empty': 'The body holds no event.',
  'media-type-unsupported': 'Send application/json or application/x-ndjson.',
  'too-many-events': 'The batch holds more events than the limit. Split it.',
  // intake: one event
  'event-not-object': 'An event is a JSON object.',
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
  'concentration-unknown': 'Send the concentration. It is never guessed.',
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
  'resource-invalid': 'The resource does not conform. Correct the source event or the mapping.',
  'dependency-held': 'A resource that this one refers to is held. Resolve that one first.',
  // sync
  'patient-not-found': 'No patient at the destination has this identifier. Register the patient there, then retry.',
  'patient-ambiguous': 'Several patients at the destination have this identifier. Resolve it there, then retry.',
  'destination-refused': 'The destination refused the resource. See its outcome codes.',
  'destination-forbidden': 'The destination does not permit this. Check the client registration and its scopes.',
  'destination-unauthorized': 'The destination refused the token. Check the client id, the key and the scopes.',
  'destination-unavailable': 'The destination cannot be reached or is busy. It is tried again.',
  'destination-conflict': 'The destination holds another version. It is read again and retried.',
  'identity-ambiguous': 'Several resources at the destination carry the same identity. An operator has to decide.',
  'mapping-not-released': 'The mapping changed. Review the difference and release it for this destination.',
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
