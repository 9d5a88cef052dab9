import type { Device, Observation } from '@medplum/fhirtypes';
import { itb, profile } from '../fhir/systems.ts';
import type { BolusCount } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { isBefore, isExact } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, refer, siteDateTime } from './element.ts';
import { category, observed } from './observed.ts';
import { pumpWithKey } from './pump-device.ts';
import { components, inInteger, rounded } from './reading.ts';

/** Boluses that the pump counted, over the span that it counted. It is no administration: those reported singly are in it. */
export function bolusCounts(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.bolusCounts.map((count) => ({
    identity: eventIdentity(context, count.entry, 'bolus-count'),
    resource: bolusCount(therapy, count, context),
    entry: count.entry,
  }));
}

function bolusCount(therapy: Timeline, count: BolusCount, context: MappingContext): Observation {
  const { delivered, denied, doseUg, entry } = count;
  const { effectiveDateTime: _read, ...begun } = observed(context, profile.bolusCount, entry, 'bolus-count');
  const pump = refer<Device>(pumpWithKey(therapy, context, count.pumpKey));
  const component = components(
    [
      ['patient-boluses-denied', inInteger(denied)],
      ['patient-boluses-total', context.calculatedValues === 'shown' ? rounded(doseUg, 'ug') : undefined],
    ],
    context,
  );
  return {
    ...begun,
    category: [...category(context, 'therapy').category, concept(context, itb.pumpEvent, 'ptm-bolus-summary')],
    code: concept(context, itb.observation, 'patient-boluses-delivered'),
    focus: [pump],
    ...spanOf(count),
    device: pump,
    valueInteger: delivered,
    ...(component.length > 0 && { component }),
  };
}

/** From the start of the count to the reading; only the reading, where the start is not known. */
function spanOf({ since, entry: { when } }: BolusCount): Pick<Observation, 'effectiveDateTime' | 'effectivePeriod'> {
  const end = dateTime(when);
  const isSpan = since && isExact(when) && !isBefore(when.earliest, since);
  return isSpan ? { effectivePeriod: { start: siteDateTime(since, when.zone), end } } : { effectiveDateTime: end };
}
