import type { Device, Observation } from '@medplum/fhirtypes';
import { inWords } from '../event/problem.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { Ml } from '../therapy/quantity.ts';
import type { Session } from '../therapy/records.ts';
import type { ResidualAssessment } from '../therapy/residual.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { residualReadings } from './calculated-readings.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { calculated, concept, refer } from './element.ts';
import { category, observed } from './observed.ts';
import { pumpWithKey } from './pump-device.ts';
import { amount, components, type Reading, rounded } from './reading.ts';

/**
 * A residual volume that differs from the calculated one by more than the limits of the site, as an Observation of its
 * own: what a reader should not have to find among the components of a panel. Only where calculated values are shown.
 */
export function volumeDiscrepancies(therapy: Timeline, context: MappingContext): Built[] {
  if (context.calculatedValues === 'withheld') return [];
  return therapy.sessions.flatMap((session) => {
    const { entry, residual } = session;
    if (!residual?.discrepancyMl || !residual.limit) return [];
    return [
      {
        identity: eventIdentity(context, entry, 'volume-discrepancy'),
        resource: discrepancy(therapy, session, residual, residual.discrepancyMl, context),
        entry,
        optional: [eventIdentity(context, entry, 'pump-status')],
      },
    ];
  });
}

function discrepancy(
  therapy: Timeline,
  { entry, pumpKey }: Session,
  residual: ResidualAssessment,
  discrepancyMl: Ml,
  context: MappingContext,
): Observation {
  const pump = refer<Device>(pumpWithKey(therapy, context, pumpKey));
  const flagged = therapy.flags.filter((flag) => flag.entry === entry && flag.problem.code === 'residual-discrepancy');
  return {
    ...observed(context, profile.volumeDiscrepancy, entry, 'volume-discrepancy'),
    partOf: [refer(eventIdentity(context, entry, 'procedure'))],
    ...category(context, 'procedure'),
    code: concept(context, itb.observation, 'residual-discrepancy'),
    focus: [pump],
    device: pump,
    derivedFrom: [refer(eventIdentity(context, entry, 'pump-status'))],
    valueQuantity: calculated(discrepancyMl, 'mL'),
    note: flagged.map(({ problem }) => ({ text: inWords(problem) })),
    component: components(
      [
        ['measured-residual-volume', rounded(residual.measuredMl, 'mL')],
        ...residualReadings(residual, entry.when.zone, context).filter(([code]) => code !== 'residual-discrepancy'),
        ...inputs(residual),
      ],
      context,
    ),
  };
}

/** What it was calculated from, and the limit that it passes. */
function inputs({ volumeAtLastFillMl, programmedMl, deliveredMl, limit }: ResidualAssessment): Reading[] {
  return [
    ['volume-after-last-fill', rounded(volumeAtLastFillMl, 'mL')],
    ['volume-programmed-since-fill', rounded(programmedMl, 'mL')],
    ['volume-delivered-since-fill', rounded(deliveredMl, 'mL')],
    ['discrepancy-limit-volume', amount(limit?.volumeMl, 'mL')],
    ['discrepancy-limit-share', amount(limit?.shareOfDispensed, '1')],
  ];
}
