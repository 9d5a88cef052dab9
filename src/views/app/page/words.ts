/** Codes in words. What has no words of its own is its code, with spaces. */
export function inWords(code: string): string {
  const text = special[code] ?? code.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const special: Readonly<Record<string, string>> = {
  flex: 'flex (doses by time of day)',
  'patient-activated': 'with boluses that the patient requests',
  eri: 'ERI: the battery asks for replacement',
  eos: 'EOS: the battery is exhausted',
  active: 'in use',
  'single-bolus': 'single bolus',
  'before-due': 'before the due date',
  'past-due-date': 'past the due date',
  'past-alarm-date': 'past the alarm date',
  'past-calculated-end': 'past the calculated end of the volume',
  resolvedWithSequelae: 'resolved with sequelae',
  'csf-leak': 'CSF leak',
};

/** What the programmer says of the battery. */
export const batteryInWords = (status: 'ok' | 'eri' | 'eos'): string =>
  status === 'ok' ? 'No replacement indicator on' : inWords(status);

/** A residual volume against the limits that the site set. */
export const gradeInWords = (grade: 'ok' | 'warn' | 'critical' | 'not-assessable'): string => grades[grade];

const grades = {
  ok: 'Within the limits',
  warn: 'Outside the warning limit',
  critical: 'Outside the critical limit',
  'not-assessable': 'Not assessable',
} as const;
