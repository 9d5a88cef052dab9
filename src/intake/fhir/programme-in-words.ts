import type { Codes } from '../../fhir/codes.ts';
import { itb } from '../../fhir/systems.ts';
import { drugInWords, patternInWords, stepInWords } from './words.ts';

/**
 * `Infusion mode: Flex; Programmed daily dose: 210 ug/d; …` as a programme: each value stands with the display of its
 * code. Undefined where a part is not understood: half a programme would be another one.
 */
export function programmeInWords(text: string, codes: Codes): object | undefined {
  const programme: Record<string, unknown> = {};
  for (const part of partsOf(text)) {
    const [name, value] = splitAt(part, ': ');
    const read = readers.find(({ code }) => codes.lookUp(itb.observation, code)?.display === name);
    if (!read || value === undefined || !read.take(programme, value, codes)) return undefined;
  }
  return programme;
}

/** The steps of a weekday pattern are joined by the same sign as the values: they belong to what stands before them. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (const part of text.split('; ')) {
    const isStep = /^\d{2}:\d{2}–/.test(part);
    if (isStep && parts.length > 0) parts.push(`${parts.pop()}; ${part}`);
    else parts.push(part);
  }
  return parts;
}

function splitAt(text: string, sign: string): [string, string | undefined] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + sign.length)];
}

interface Reader {
  readonly code: string;
  /** False: the value is not understood. */
  readonly take: (programme: Record<string, unknown>, value: string, codes: Codes) => boolean;
}

const modes = [
  ...['simple-continuous', 'flex', 'periodic-bolus', 'patient-activated', 'minimum-rate', 'single-bolus', 'stopped'],
] as const;

function mode(programme: Record<string, unknown>, value: string, codes: Codes): boolean {
  programme.mode = modes.find((code) => codes.lookUp(itb.infusionMode, code)?.display === value);
  return programme.mode !== undefined;
}

const amount = (code: string, unit: string, ...path: [string, string?]): Reader => ({
  code,
  take(programme, value) {
    const found = value.endsWith(` ${unit}`) ? value.slice(0, -unit.length - 1) : '';
    const [name, inside] = path;
    if (!/^\d+(\.\d+)?(e-?\d+)?$/.test(found)) return false;
    if (inside === undefined) programme[name] = Number(found);
    else programme[name] = { ...(programme[name] as object | undefined), [inside]: Number(found) };
    return true;
  },
});

const list = (code: string, name: string, read: (text: string) => unknown): Reader => ({
  code,
  take(programme, value) {
    const item = read(value);
    programme[name] = [...((programme[name] as unknown[] | undefined) ?? []), item];
    return item !== undefined;
  },
});

const readers: readonly Reader[] = [
  { code: 'infusion-mode', take: mode },
  amount('programmed-daily-dose', 'ug/d', 'doseUgPerDay'),
  amount('flow-rate', 'mL/d', 'rateMlPerDay'),
  list('flex-step', 'flexSteps', stepInWords),
  list('weekday-pattern', 'weekdayPatterns', patternInWords),
  list('additional-drug', 'additionalDrugs', drugInWords),
  amount('single-bolus-dose', 'ug', 'bolus', 'doseUg'),
  amount('single-bolus-duration', 'min', 'bolus', 'durationMinutes'),
  amount('periodic-bolus-dose', 'ug', 'bolus', 'doseUg'),
  amount('periodic-bolus-duration', 'min', 'bolus', 'durationMinutes'),
  amount('periodic-bolus-interval', 'h', 'bolus', 'intervalHours'),
  amount('patient-bolus-dose', 'ug', 'patientBolus', 'doseUg'),
  amount('patient-bolus-duration', 'min', 'patientBolus', 'durationMinutes'),
  amount('patient-bolus-lockout', 'min', 'patientBolus', 'lockoutMinutes'),
  amount('patient-bolus-maximum', '/d', 'patientBolus', 'maxPerDay'),
  amount('drug-concentration', 'ug/mL', 'concentrationUgPerMl'),
];
