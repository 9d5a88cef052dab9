import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { provenance, readDataFile } from './data-file.ts';
import type { PumpModel } from './therapy/settings.ts';

/** Where sources disagree, what the others say stands beside the value. */
const fact = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({ value, ...provenance, conflict: z.string().min(1).optional() }).optional();

const positive = fact(z.number().positive());
const wholeDays = fact(z.int().positive());
const limit = z.strictObject({ volumeMl: z.number().positive(), shareOfDispensed: z.number().positive() });

/** What may stand for a family, and for one model of it: the model's own fact holds. */
const facts = {
  reservoirMl: positive,
  tubingMl: positive,
  lowReservoirAlarmMl: positive,
  stabilityDays: wholeDays,
  flowMlPerDay: positive,
  flowMinMlPerDay: positive,
  flowMaxMlPerDay: positive,
  maxFlexSteps: wholeDays,
  assumesPatientBoluses: fact(z.boolean()),
  batteryMonthsTypical: positive,
  serviceLifeMonthsMax: positive,
  eriToEndOfServiceDays: wholeDays,
  alarms: fact(z.array(z.string().min(1))),
  residualDiscrepancy: fact(z.strictObject({ warn: limit, critical: limit })),
};

const mriStatement = z.strictObject({
  status: z.enum(['mr-conditional', 'mr-unsafe']),
  region: z.string().regex(/^[A-Z]{2}$/, 'two letters: an ISO 3166-1 country, or EU'),
  labelDate: z
    .string()
    .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)
    .optional(),
  inWords: z.string().min(1),
  ...provenance,
});

const notice = z.strictObject({ date: z.string().min(4), inWords: z.string().min(1), ...provenance });

const names = z.array(z.string().min(1));

/** A family of pumps as an integration team edits it: every fact with its source and whether that was verified. */
const family = z.strictObject({
  manufacturer: z.string().min(1),
  manufacturerAlsoWritten: names.default([]),
  family: z.string().min(1),
  familyAlsoWritten: names.default([]),
  kind: z.enum(['programmable-pump', 'constant-flow-pump']),
  facts: z.strictObject(facts).default({}),
  notices: z.array(notice).default([]),
  models: z.array(z.strictObject({ names: names.min(1), ...facts, safety: z.array(mriStatement).default([]) })).min(1),
});

type Facts = Partial<Record<keyof typeof facts, { value: unknown; verified: boolean } | undefined>>;

/** Reads mappings/pumps/*.json. Throws a sentence that names the file when one cannot be used. */
export function readPumpModels(folder: string): PumpModel[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((name) => modelsIn(join(folder, name)));
}

function modelsIn(path: string): PumpModel[] {
  const { facts: ofFamily, models, notices, ...shared } = readDataFile(path, family);
  return models.map(({ names, safety, ...ofModel }) => ({
    ...shared,
    ...valuesOf({ ...ofFamily, ...ofModel }),
    models: names,
    safety: safety.map(withoutSource),
    notices: notices.map(withoutSource),
  }));
}

/** The values for the program; the sources stay in the file, the names of what was not verified come along. */
function valuesOf(stated: Facts): Partial<PumpModel> {
  const known = Object.entries(stated).flatMap(([name, about]) => (about ? [{ name, ...about }] : []));
  return {
    ...Object.fromEntries(known.map(({ name, value }) => [name, value])),
    unverified: known.filter(({ verified }) => !verified).map(({ name }) => name),
  };
}

function withoutSource<Statement extends { source: string }>({
  source: _,
  ...rest
}: Statement): Omit<Statement, 'source'> {
  return rest;
}
