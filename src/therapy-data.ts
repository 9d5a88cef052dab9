import { join } from 'node:path';
import { readAlarms } from './alarm-table.ts';
import { readPlausibility } from './plausibility.ts';
import { readProducts } from './products.ts';
import { readPumpModels } from './pump-models.ts';
import type { TherapySettings } from './therapy/settings.ts';

/** What the therapy rests on and an integration team may edit: the part of the settings that comes from `mappings/`. */
export function readTherapyData(
  mappingsDir: string,
): Pick<TherapySettings, 'models' | 'alarms' | 'products' | 'plausible'> {
  return {
    models: readPumpModels(join(mappingsDir, 'pumps')),
    alarms: readAlarms(join(mappingsDir, 'alarms.json')),
    products: readProducts(join(mappingsDir, 'products.json')),
    plausible: readPlausibility(join(mappingsDir, 'plausibility.json')),
  };
}
