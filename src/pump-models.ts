import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PumpModel } from './therapy/settings.ts';

const fact = z.strictObject({
  value: z.number().positive(),
  source: z.string().min(1),
  verified: z.boolean(),
});

/** A family of pumps as an integration team edits it: every number with its source and whether it was verified. */
const family = z.strictObject({
  manufacturer: z.string().min(1),
  family: z.string().min(1),
  kind: z.enum(['programmable-pump', 'constant-flow-pump']),
  lowReservoirAlarmMl: fact.optional(),
  stabilityDays: fact.optional(),
  models: z
    .array(
      z.strictObject({
        names: z.array(z.string().min(1)).min(1),
        reservoirMl: fact.optional(),
        tubingMl: fact.optional(),
      }),
    )
    .min(1),
});

/** Reads mappings/pumps/*.json. Throws a sentence that names the file when one cannot be used. */
export function readPumpModels(folder: string): PumpModel[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((name) => modelsIn(join(folder, name)));
}

function modelsIn(path: string): PumpModel[] {
  const parsed = family.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} cannot be used:\n${z.prettifyError(parsed.error)}`);
  const { manufacturer, family: familyName, kind, lowReservoirAlarmMl, stabilityDays, models } = parsed.data;
  return models.map((model) => ({
    manufacturer,
    family: familyName,
    kind,
    models: model.names,
    reservoirMl: model.reservoirMl?.value,
    tubingMl: model.tubingMl?.value,
    lowReservoirAlarmMl: lowReservoirAlarmMl?.value,
    stabilityDays: stabilityDays?.value,
  }));
}
