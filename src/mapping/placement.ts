import type { CodeableConcept } from '@medplum/fhirtypes';
import type { Catheter, Pump } from '../event/device.ts';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import { type CatheterLife, type PumpLife, pumpKey, sameCatheter } from '../therapy/device-life.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { MappingContext } from './context.ts';

/** Where a device lies. It is no property of the device: a revision may change it. */

type Life = PumpLife | CatheterLife;

/** Where the last implantation or revision that tells it placed the device; undefined where none does. */
export function placedByProcedure(
  { entries }: Timeline,
  life: Life,
  context: MappingContext,
): CodeableConcept | undefined {
  const sites = entries.map(({ event }) => {
    if (event.type !== 'implant' && event.type !== 'revision') return undefined;
    const { pump, catheter } = event;
    if (life.kind === 'pump') return pump && pumpKey(pump) === life.key ? pocketOf(context, pump) : undefined;
    return catheter && sameCatheter(catheter, life.label) ? tipOf(context, catheter) : undefined;
  });
  return sites.findLast((site) => site !== undefined);
}

/** Where the label of the device says that it lies, whichever report carried it. */
export function placedByLabel(context: MappingContext, life: Life): CodeableConcept | undefined {
  return life.kind === 'pump' ? pocketOf(context, life.label) : tipOf(context, life.label);
}

/** `pump pocket: left lower quadrant of abdomen, subfascial`; undefined where nothing of it is stated. */
export function pocketOf({ codes }: MappingContext, label: Pump): CodeableConcept | undefined {
  const { pocketSite, pocketSide, pocketPlane } = label;
  const stated = [pocketSite, pocketSide, pocketPlane].filter((part) => part !== undefined);
  if (stated.length === 0) return undefined;
  const site = (text: string) => codes.translate(conceptMap.sourceBodySite, mapSource.bodySite, plain(text));
  const coding = pocketSite && ((pocketSide && site(`${pocketSide} ${pocketSite}`)) ?? site(pocketSite));
  return { ...(coding && { coding: [coding] }), text: `pump pocket: ${stated.join(', ')}` };
}

/** `catheter tip at the level of T10`: the code is that of the vertebra, the text says what it means. */
export function tipOf({ codes }: MappingContext, label: Catheter): CodeableConcept | undefined {
  const { tipLevel, tipLevelSource } = label;
  if (!tipLevel) return undefined;
  const coding = codes.translate(conceptMap.vertebralLevelToSnomed, mapSource.vertebralLevel, vertebra(tipLevel));
  const source = tipLevelSource ? ` (${inWords[tipLevelSource]})` : '';
  return { ...(coding && { coding: [coding] }), text: `catheter tip at the level of ${tipLevel}${source}` };
}

const inWords: Readonly<Record<NonNullable<Catheter['tipLevelSource']>, string>> = {
  'operative-note': 'operative note',
  assumed: 'assumed',
  unknown: 'source unknown',
};

/** As the table of sites is written: lower case, words and single spaces. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

/** `Th10`, `t 10`, `T10` are one. */
const vertebra = (level: string): string =>
  level.replace(
    /^([CTL])H?[ .-]?0?(\d{1,2})$/i,
    (_, region: string, number: string) => `${region.toUpperCase()}${number}`,
  );
