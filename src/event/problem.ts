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
  // intake: the sender and its request
  'sender-not-permitted': 'Check what the configuration lets this sender report.',
  'idempotency-key-invalid': 'Send one Idempotency-Key of up to 255 visible characters, in double quotes.',
  'idempotency-key-reused': 'Use a new key for another body; what came first under this one stands.',
  'idempotency-key-under-way': 'Send it again in a moment: the same request is being answered.',
  'too-many-requests': 'Send less often; Retry-After says when to go on.',
  'too-busy': 'Send it again; Retry-After says when.',
  'reader-failed': 'Ask the operator: the message is kept, and `itb-fhir review retry` reads it again.',
  // intake: HL7 v2
  'hl7-unreadable': 'Send HL7 v2 in ER7 (vertical bars): MSH first, one segment a line.',
  'charset-unknown': 'Name a character set of HL7 table 0211 in MSH-18, or set it for the sender.',
  'charset-mismatch': 'Send the message in the character set that MSH-18 names, or name the one it is in.',
  'message-type-unsupported': 'Send ORU^R01, RAS^O17, MDM^T02, ADT^A34, ADT^A40 or ADT^A47.',
  'message-version-unsupported': 'Send HL7 2.3 to 2.8, and name it in MSH-12.',
  'batch-count-differs': 'Send again what was lost on its way: BTS-1 and FTS-1 count what was sent.',
  'batch-incomplete': 'Send the batch again with its end (BTS, FTS).',
  'value-truncated': 'Send the value whole.',
  'escape-unknown': 'Write the character itself, or an escape sequence of HL7.',
  'source-map-missing': 'Add a field map that matches this sender, or name one; `itb-fhir sources list` shows them.',
  'device-differs': 'Name one device in OBX-18 of a group.',
  'observation-day-differs': 'Check the time of the observation (OBX-14) and of its order (OBR-7).',
  'result-not-final': 'Nothing to do: send it when it is final.',
  'not-administered': 'Nothing to do: it was not given.',
  'administration-contradictory': 'Correct RXA-18 or RXA-20 at the source.',
  'document-not-signed': 'Nothing to do: send it when it is signed (TXA-17 AU or LA).',
  'control-id-reused': 'Use each MSH-10 once; the message was read by what it says.',
  'merge-of-itself': 'Name two different identifiers in PID-3 and MRG-1.',
  // intake: CSV
  'csv-header-missing': 'Send the names of the columns in the first row.',
  'csv-column-twice': 'Give each column a name of its own.',
  'csv-row-width': 'Give the row as many cells as the header; quote a cell that holds the delimiter.',
  'csv-quote-open': 'Close the quote; double a quote inside a quoted cell.',
  'csv-row-too-long': 'Shorten the row.',
  'csv-end-missing': 'Compare the last row with its source: the file may be cut off.',
  'spreadsheet-damage': 'Format the column as text in the spreadsheet, enter the value again, and export it again.',
  'text-unreadable': 'Send it again in UTF-8, or name its encoding (charset, `--encoding`).',
  'encoding-unknown': 'Name an encoding such as utf-8, windows-1252 or utf-16le.',
  'encoding-assumed': 'Nothing to do where letters with accents are right; else name the encoding.',
  // intake: FHIR, and what we wrote ourselves
  'fhir-not-resource': 'Send a Bundle, a resource, or NDJSON of either.',
  'fhir-profile-unknown':
    'Send it in a profile of this project, or dismiss it: what other records mean is never guessed.',
  'fhir-resource-invalid': 'Correct the resource at the element named, or its mapping at the sender.',
  'fhir-patient-unknown':
    'Send the Patient along with an identifier (`_include`), or name one in `subject.identifier`.',
  'fhir-source-unknown': 'Give the record an identifier or an id, and its source a name in the configuration.',
  echo: 'Nothing to do: it is ours and was left alone.',
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
  'unit-unknown': 'Write the unit in UCUM, such as ug/d, ug/mL or mL.',
  'unit-error-prone': 'Write mL: cc is misread as a letter or as zeros.',
  'unit-differs': 'State the value in the unit that the message names; a value is never converted.',
  'unit-mismatch': 'Check the unit, and that the value stands in the right field.',
  'flex-steps-invalid': 'Flex steps tile 24 h without gap or overlap and add up to the daily dose.',
  'program-incomplete': 'Name what this infusion mode needs: daily dose and concentration, and steps for flex.',
  'udi-unreadable': 'Read the UDI from the label again; leave it out where the label cannot be read.',
  'udi-contradicts-label':
    'Compare the UDI and the field with the label of the device, and correct the one that is wrong.',
  'udi-check-differs': 'Compare the UDI with the label of the device; it may be mistyped.',
  // intake: by a field map
  'number-unreadable': 'Write a plain decimal number with at most 15 digits.',
  'value-inexact': 'Send the measured number; a comparison or a range is no value.',
  'decimal-comma': 'Write a decimal point, or state the comma in the field map.',
  'time-unreadable': 'Write the time as the field map says, as far as it is known.',
  'time-in-gap': 'Correct the time: the clocks skipped it in this time zone.',
  'time-ambiguous': 'Write the time with its offset: the clocks showed it twice.',
  'unit-missing': 'Send the unit beside the value.',
  'value-ambiguous': 'Send one value, or select the one that is meant in the field map.',
  'value-cleared': 'Nothing to do: the field was left out because its sender cleared it.',
  'list-unreadable': 'Write the list as the field map says.',
  'source-event-unknown': 'Add an event to the field map, or decide there that such a report is ignored.',
  'ignored-by-map': 'Nothing to do: the field map says that it is ignored.',
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
  'bridge-differs': 'Check the report and the pump with its programmer.',
  'bolus-dose-unknown': 'Name the dose of a patient-activated bolus in the programme.',
  'reports-merged': 'Nothing to do: both reports are kept.',
  'reports-disagree': 'Correct or void one of the two reports.',
  // history and timeline: what an event states against what is known
  'lot-expired': 'Check the lot and its expiry date at the source.',
  'lot-missing': 'Add the lot number at the source.',
  'expiry-missing': 'Add the expiry date at the source.',
  'fill-volume-differs': 'Check the pump with its programmer.',
  'refill-repeated': 'Check whether two reports tell of one refill.',
  'product-contradicts-concentration': 'Check the product and the concentration at the source.',
  'residual-implausible': 'Check the volume at the source.',
  'rate-contradicts-dose': 'Check dose, concentration and rate at the source.',
  'flow-outside-model': 'Check the programme and the model.',
  'flex-steps-over-model': 'Check the programme and the model.',
  'dose-contradicts-flow': 'Check dose, concentration and the flow on the label.',
  'label-contradicts-model': 'Check the label of the pump.',
  'alarm-outside-model': 'Check the alarm and the model.',
  'value-implausible': 'Check the value and its unit at the source.',
  'device-clock-differs': 'Check the clocks of pump and programmer.',
  'sender-arithmetic-differs': 'Check the arithmetic at the source.',
  'reported-differs-from-calculated': 'Check the pump with its programmer: a report may be missing.',
  'dose-change-beyond-limits': 'Check the report: a clinician judges the change.',
  'dose-outside-usual-range': 'Check the report: a clinician judges the dose.',
  // mapping and validation
  'code-unmapped': 'Add the code to the ConceptMap, or correct it at the source.',
  'value-not-on-scale': 'Correct the value or its unit at the source; mappings/scales.json says what the scale takes.',
  'score-missing': 'Send a correction with the score, if there is one.',
  'kept-in-ledger': 'Nothing to do: it stays in the ledger and serves calculations; the hospital has its own.',
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
  'manual-removal-needed': 'Remove it there by hand; the next sync of this patient finds it gone.',
  'manual-correction-needed': 'Correct it there by hand; a correcting document was written beside it.',
  'send-unresolved': 'Look at the destination whether it is there, then retry or dismiss.',
  'changed-at-destination': 'Decide whose content stands: `itb-fhir review retry` writes ours, `dismiss` keeps theirs.',
  'access-restricted': 'Ask the hospital: this record is restricted there. It is never opened by force.',
  'destination-paused': 'Nothing to do: it goes on when the pause ends.',
  'destination-changed': 'Look at `itb-fhir doctor`: what the destination can hold has changed.',
  'capability-missing': 'Look at `itb-fhir doctor`: the destination cannot do what this needs.',
  'fact-widens': 'Give the fact an `assert` with reason and date, or remove it.',
  'mapping-unreleased': 'Look at `itb-fhir replay --dry-run`, then `itb-fhir release`.',
  'address-refused': 'Add the address to `allowAddresses` of the destination, if it is meant.',
  'message-refused': 'Compare the message with what the engine accepts.',
} as const;

export type ProblemCode = keyof typeof problemCodes;

/** Where in the input the problem is: a JSON path, a row of a file, a segment of a message, an event of a source. */
export interface Place {
  readonly field?: string;
  readonly row?: number;
  /** Line of the file where the row begins, where cells of several lines make it another number. */
  readonly line?: number;
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
