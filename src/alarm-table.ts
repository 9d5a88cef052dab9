import { z } from 'zod';
import { provenance, readDataFile } from './data-file.ts';
import { bareName } from './therapy/bare-name.ts';
import type { AlarmFacts } from './therapy/settings.ts';

const alarm = z.strictObject({
  code: z.string().min(1),
  criticality: z.enum(['critical', 'non-critical']),
  delivery: z.enum(['continues', 'stopped', 'uncertain', 'recovered']),
  inWords: z.string().min(1),
  alsoWritten: z.array(z.string().min(1)),
  ...provenance,
});

const table = z.strictObject({ alarms: z.array(alarm).min(1) }).superRefine(({ alarms }, context) => {
  const spellings = alarms.flatMap(({ code, alsoWritten }) => [...new Set([code, ...alsoWritten].map(bareName))]);
  const twice = spellings.find((spelling, n) => spellings.indexOf(spelling) !== n);
  if (twice) context.addIssue({ code: 'custom', message: `${twice} means two alarms`, path: ['alarms'] });
});

/** Reads mappings/alarms.json: what each alarm means for delivery, and how sources write it. */
export function readAlarms(path: string): AlarmFacts[] {
  return readDataFile(path, table).alarms.map(({ source: _, verified: _v, ...facts }) => facts);
}
