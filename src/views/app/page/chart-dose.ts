import type { Course } from '../../pump-status/course-schema.ts';
import { amount } from './amounts.ts';
import { chartSection, type Plot, timeAxis } from './chart.ts';
import { doseWords } from './course-words.ts';
import { element, table } from './elements.ts';
import { momentInWords, placeOf } from './moments.ts';
import { inWords } from './words.ts';

type Dose = Course['doses'][number];

/** The programmed daily dose as steps. Where no dose is known the line has a gap: it never falls to zero for that. */
export function doseChart({ doses, asOf }: Course): HTMLElement {
  const inOrder = doses.toSorted((a, b) => placeOf(a.start).getTime() - placeOf(b.start).getTime());
  return chartSection({
    id: 'doses',
    heading: 'Dose history',
    words: doseWords(inOrder),
    numbers: doseTable(inOrder),
    legend: inOrder.some(isBridge)
      ? element('p', { class: 'legend' }, 'Broken line: bridge, old drug is being cleared at that dose.')
      : null,
    plot: inOrder.length === 0 ? undefined : (plot, width) => drawing(plot, width, inOrder, placeOf(asOf)),
  });
}

function drawing(plot: Plot, width: number, doses: readonly Dose[], now: Date) {
  const steps = (of: readonly Dose[]) => of.flatMap((one) => stepOf(one, now));
  const maintained = doses.filter((one) => !isBridge(one));
  const varied = doses.filter(({ weekdayDoses }) => weekdayDoses.length > 0);
  return {
    width,
    height: 220,
    marginLeft: 52,
    marginRight: 20,
    x: timeAxis(width),
    y: { zero: true, grid: true, label: 'mcg/day', nice: true },
    marks: [
      plot.rect(varied, {
        x1: startOf,
        x2: (one: Dose) => endOf(one, now),
        y1: (one: Dose) => Math.min(...ofWeek(one)),
        y2: (one: Dose) => Math.max(...ofWeek(one)),
        fill: 'var(--accent)',
        fillOpacity: 0.3,
      }),
      plot.lineY(steps(maintained), { x: 'at', y: 'dose', stroke: 'var(--accent)', strokeWidth: 2.5 }),
      plot.lineY(steps(doses.filter(isBridge)), {
        x: 'at',
        y: 'dose',
        stroke: 'var(--accent)',
        strokeWidth: 2.5,
        strokeDasharray: '3 3',
      }),
      plot.ruleY([0], { stroke: 'currentColor' }),
    ],
  };
}

/** Both ends of a step, and a gap where the next does not follow at once: steps that touch are drawn together. */
function stepOf(dose: Dose, now: Date): { at: Date; dose: number }[] {
  const value = dose.doseUgPerDay ?? Number.NaN;
  const [at, until] = [startOf(dose), endOf(dose, now)];
  const isOver = dose.endReason !== null && !goesOn.has(dose.endReason);
  return [{ at, dose: value }, { at: until, dose: value }, ...(isOver ? [{ at: until, dose: Number.NaN }] : [])];
}

const goesOn = new Set(['programme-changed', 'bridge-ended']);

function doseTable(doses: readonly Dose[]): HTMLElement {
  const rows = doses
    .toReversed()
    .map((one) => [
      momentInWords(one.start),
      one.end === null ? 'goes on' : momentInWords(one.end),
      one.doseUgPerDay === null ? weekInWords(one) : amount(one.doseUgPerDay, 'mcg/day'),
      isBridge(one) ? 'Bridge' : inWords(one.mode),
      one.concentrationUgPerMl === null ? 'NOT REPORTED' : amount(one.concentrationUgPerMl, 'mcg/mL'),
      one.endReason === null ? '' : inWords(one.endReason),
      one.source.system,
    ]);
  const titles = ['From', 'Until', 'Daily dose', 'Mode', 'Concentration', 'Ended by', 'Source'];
  return table(
    'Programmed daily doses, newest first',
    titles.map((title) => ({ title, numeric: title === 'Daily dose' })),
    rows,
  );
}

const weekInWords = ({ weekdayDoses }: Dose): string =>
  weekdayDoses
    .map(({ days, doseUgPerDay }) => `${days.map(inWords).join(', ')}: ${amount(doseUgPerDay, 'mcg/day')}`)
    .join('; ') || 'Not known';

const isBridge = ({ role }: Dose): boolean => role === 'bridge';
const startOf = ({ start }: Dose): Date => placeOf(start);
const endOf = ({ end }: Dose, now: Date): Date => (end === null ? now : placeOf(end));
const ofWeek = ({ weekdayDoses, doseUgPerDay }: Dose): number[] => [
  ...weekdayDoses.map((one) => one.doseUgPerDay),
  ...(doseUgPerDay === null ? [] : [doseUgPerDay]),
];
