import { z } from 'zod';
import { provenance, readDataFile } from './data-file.ts';
import { type BannerCode, type BannerRule, bannerCodes, type StatusRules } from './views/pump-status/rules.ts';

const urgency = z.enum(['urgent', 'attention', 'off']);
const withinDays = z.int().nonnegative().optional();
const code = z.enum(bannerCodes);

/** The part `status` of the configuration: what a site judges otherwise than mappings/status.json. */
export const statusConfig = z.strictObject({
  banner: z.partialRecord(code, z.strictObject({ urgency: urgency.optional(), withinDays })).default({}),
  /** How far ahead status may be asked for. Default 400 d, a design default: more than a year between refills is rare. */
  projectionDays: z.int().nonnegative().default(400),
});

const signs = z.array(z.string().min(1)).min(1);

const table = z.strictObject({
  banner: z.record(code, z.strictObject({ urgency, withinDays, ...provenance })),
  generalSigns: z.strictObject({ withdrawal: signs, overdose: signs, ...provenance }),
});

/** The rules that the project ships, as the site changes them. Throws a sentence that names the file when it cannot be used. */
export function statusRules(path: string, site: z.output<typeof statusConfig>): StatusRules {
  const { banner, generalSigns } = readDataFile(path, table);
  const ruleOf = (name: BannerCode): BannerRule => {
    const { urgency: shipped, withinDays: days } = banner[name];
    const own = site.banner[name];
    return { urgency: own?.urgency ?? shipped, withinDays: own?.withinDays ?? days };
  };
  const { withdrawal, overdose } = generalSigns;
  return {
    banner: Object.fromEntries(bannerCodes.map((name) => [name, ruleOf(name)])) as Record<BannerCode, BannerRule>,
    generalSigns: { withdrawal, overdose, words: 'General signs, not those of this patient.' },
    projectionDays: site.projectionDays,
  };
}
