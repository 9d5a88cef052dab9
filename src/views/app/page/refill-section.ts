import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount, counted, difference, figures } from './amounts.ts';
import { element, section } from './elements.ts';
import { type FactLine, factLine, factList } from './fact.ts';
import { momentInWords } from './moments.ts';
import { gradeInWords, inWords } from './words.ts';

/** The last refill and the next, reported and calculated side by side. */
export function refillSection({ device, refill, reservoir, refillPlan }: OnePump): HTMLElement {
  return section(
    `refill-${device}`,
    'Reservoir and refill',
    element('h3', {}, 'Last refill'),
    factList(...filledLines(refill), ...residualLines(refill)),
    element('h3', {}, 'Reservoir and next refill'),
    factList(...reservoirLines(reservoir), ...planLines(refillPlan)),
  );
}

const volume = (ml: number): string => amount(ml, 'mL');
const volumeDifference = (ml: number): string => difference(ml, 'mL');
const days = (count: number): string => `${count > 0 ? '+' : ''}${counted(count, 'day')}`;
const text = (value: string): string => value;
const unknown = 'No calculation';

function filledLines(refill: OnePump['refill']): FactLine[] {
  return [
    factLine({ label: 'Last refill', fact: refill.last, value: momentInWords, unknown: 'No refill reported' }),
    factLine({ label: 'Filled with', fact: refill.volumeMl, value: volume }),
    factLine({
      label: 'Concentration filled',
      fact: refill.concentrationUgPerMl,
      value: (value) => amount(value, 'mcg/mL'),
      loud: 'loud',
    }),
    factLine({ label: 'Lot', fact: refill.lotNumber, value: text }),
    factLine({ label: 'Setting', fact: refill.setting, value: inWords }),
    factLine({ label: 'Place', fact: refill.place, value: text }),
  ];
}

/** What was measured, what should have been left, and how they differ. */
function residualLines(refill: OnePump['refill']): FactLine[] {
  const { expectedResidualMl: expected, discrepancyMl: discrepancy } = refill;
  return [
    factLine({ label: 'Residual volume, measured', fact: refill.measuredResidualMl, value: volume }),
    factLine({ label: 'Residual volume, as the programmer expected', fact: expected.reported, value: volume }),
    factLine({ label: 'Residual volume, by calculation', fact: expected.calculated, value: volume, unknown }),
    factLine({ label: 'Difference, reported', fact: discrepancy.reported, value: volumeDifference }),
    factLine({ label: 'Difference, by calculation', fact: discrepancy.calculated, value: volumeDifference, unknown }),
    factLine({ label: 'Against the limits set here', fact: refill.grade, value: gradeInWords, unknown }),
    factLine({ label: 'More or less left', fact: refill.direction, value: inWords, unknown }),
    factLine({ label: 'What that may mean', fact: refill.reading, value: inWords, unknown }),
    factLine({ label: 'Delivered to programmed', fact: refill.deliveredToProgrammed, value: figures, unknown }),
    factLine({ label: 'That ratio is a bound', fact: refill.ratioBound, value: inWords, unknown }),
  ];
}

function reservoirLines(reservoir: OnePump['reservoir']): FactLine[] {
  return [
    factLine({ label: 'Alarm volume', fact: reservoir.alarmVolumeMl, value: volume }),
    factLine({
      label: 'Calculated less reported volume',
      fact: reservoir.differenceMl,
      value: volumeDifference,
      unknown,
    }),
  ];
}

function planLines({ alarmDate, dueBy, stableUntil, state, calculatedEnd }: OnePump['refillPlan']): FactLine[] {
  return [
    factLine({ label: 'Alarm date, reported', fact: alarmDate.reported, value: momentInWords }),
    factLine({ label: 'Alarm date, by calculation', fact: alarmDate.calculated, value: momentInWords, unknown }),
    factLine({ label: 'Calculated less reported alarm date', fact: alarmDate.differenceDays, value: days, unknown }),
    factLine({ label: 'Refill due by, reported', fact: dueBy.reported, value: momentInWords }),
    factLine({ label: 'Refill due by, by calculation', fact: dueBy.calculated, value: momentInWords, unknown }),
    factLine({ label: 'Calculated less reported due date', fact: dueBy.differenceDays, value: days, unknown }),
    factLine({ label: 'Filled drug to be replaced by', fact: stableUntil, value: momentInWords, unknown }),
    factLine({ label: 'State', fact: state, value: inWords, unknown }),
    factLine({ label: 'All of it moved by, by calculation', fact: calculatedEnd, value: momentInWords, unknown }),
  ];
}
