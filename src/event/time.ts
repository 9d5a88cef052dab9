import { z } from 'zod';

/** How much of an instant the source knew. Partial dates stay partial. */
export type Precision = 'year' | 'month' | 'day' | 'minute' | 'second';

const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const localPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/;
const partialPattern = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/** An instant with its offset (`2024-06-25T10:00:00-04:00`; seconds may be absent) or a partial date (`2018-06`, `2018`). */
export const occurredAt = z
  .string()
  .superRefine((text, context) => {
    if (localPattern.test(text)) {
      context.addIssue({
        code: 'custom',
        message: 'the instant has no offset',
        params: { problem: 'time-offset-missing' },
      });
    } else if (!isInstant(text) && !isPartialDate(text)) {
      context.addIssue({
        code: 'custom',
        message: 'not an instant or a partial date',
        params: { problem: 'field-format' },
      });
    }
  })
  .meta({
    description: 'An instant with offset (seconds optional), or a partial date: YYYY, YYYY-MM or YYYY-MM-DD.',
    pattern: `${partialPattern.source}|${instantPattern.source}`,
    examples: ['2024-06-25T10:00:00-04:00', '2018-06'],
  });

export const instant = z
  .string()
  .refine(isInstant, { params: { problem: 'field-format' }, message: 'not an instant with offset' })
  .meta({ description: 'An instant with offset.', pattern: instantPattern.source });

export const date = z.iso.date();

/** A calendar date, or only its month or year. */
export const partialDate = z
  .string()
  .refine(isPartialDate, { params: { problem: 'field-format' }, message: 'not a date, month or year' })
  .meta({ description: 'YYYY, YYYY-MM or YYYY-MM-DD.', pattern: partialPattern.source });

const knownZones = new Set<string>();

/** An IANA time zone that this runtime knows. */
export const timeZone = z
  .string()
  .refine(isTimeZone, { params: { problem: 'field-value' }, message: 'not an IANA time zone' })
  .meta({ description: 'IANA time zone of the site, e.g. America/New_York.' });

export function precisionOf(text: string): Precision {
  if (text.length === 4) return 'year';
  if (text.length === 7) return 'month';
  if (text.length === 10) return 'day';
  return /T\d{2}:\d{2}:\d{2}/.test(text) ? 'second' : 'minute';
}

function isInstant(text: string): boolean {
  if (!instantPattern.test(text)) return false;
  try {
    Temporal.Instant.from(text);
    return true;
  } catch {
    return false;
  }
}

function isPartialDate(text: string): boolean {
  if (!partialPattern.test(text)) return false;
  try {
    Temporal.PlainDate.from(`${text}${'-01-01'.slice(text.length - 4)}`, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

function isTimeZone(id: string): boolean {
  if (knownZones.has(id)) return true;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(id);
    knownZones.add(id);
    return true;
  } catch {
    return false;
  }
}
