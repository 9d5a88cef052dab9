import type { Course } from '../../pump-status/course-schema.ts';
import { amount } from './amounts.ts';
import { type Chart, chartSection, type Plot, timeAxis } from './chart.ts';
import { dateKinds, reservoirName, reservoirWords, told } from './course-words.ts';
import { element, table } from './elements.ts';
import { momentInWords, placeOf } from './moments.ts';

type Reservoir = Course['reservoirs'][number];
type DueDate = Course['dates'][number];

/** The reservoir of each pump in use, by calculation, with the dates that count. */
export function reservoirCharts(course: Course): HTMLElement[] {
  const { reservoirs } = course;
  if (reservoirs.length === 0) return [reservoirChart(course, undefined, { id: 'reservoir', heading: ofOne })];
  return reservoirs.map((reservoir, n) => reservoirChart(course, reservoir, placed(course, n)));
}

const ofOne = 'Reservoir, by calculation';

type Placed = Pick<Chart, 'id' | 'heading'>;

/** Where there are several each says of which pump it is. */
function placed({ reservoirs, devices }: Course, n: number): Placed {
  if (reservoirs.length === 1) return { id: 'reservoir', heading: ofOne };
  const name = reservoirName(reservoirs, devices, n);
  return { id: `reservoir-${reservoirs[n]?.device}`, heading: `${ofOne}: pump ${name}` };
}

function reservoirChart({ dates, asOf }: Course, of: Reservoir | undefined, { id, heading }: Placed): HTMLElement {
  const reservoir = told(of);
  const own = dates.filter(({ device }) => device === reservoir?.device);
  const isDrawn = reservoir && reservoir.points[0]?.at !== reservoir.points.at(-1)?.at;
  return chartSection({
    id,
    heading,
    words: reservoirWords(reservoir, own),
    numbers: reservoirTable(reservoir, own),
    legend: isDrawn
      ? element('p', { class: 'legend' }, hasProjection(reservoir) ? `${brokenLine} ${notMeasured}` : notMeasured)
      : null,
    plot: isDrawn ? (plot, width) => drawing(plot, width, { reservoir, own, now: placeOf(asOf) }) : undefined,
  });
}

const hasProjection = ({ points }: Reservoir): boolean => points.some(({ kind }) => kind === 'projection');
const brokenLine = 'Broken line: what is to come while the reported programme goes on.';
const notMeasured = 'A pump does not measure its volume.';

function drawing(
  plot: Plot,
  width: number,
  { reservoir, own, now }: { reservoir: Reservoir; own: readonly DueDate[]; now: Date },
) {
  const points = reservoir.points.map(({ at, volumeMl, kind }) => ({ at: placeOf(at), volumeMl, kind }));
  const past = points.filter(({ kind }) => kind === 'past');
  // The projection begins where the past ends.
  const ahead = [...past.slice(-1), ...points.filter(({ kind }) => kind === 'projection')];
  const alarm = reservoir.alarmVolumeMl === null ? [] : [reservoir.alarmVolumeMl];
  const marked = [...own].map((one, n) => ({
    at: placeOf(one.date),
    label: `${short[one.kind]} (${one.method})`,
    line: n,
  }));
  return {
    width,
    height: 260,
    marginLeft: 44,
    marginRight: 20,
    marginTop: 24 + marked.length * 14,
    x: timeAxis(width),
    y: { zero: true, grid: true, label: 'mL', nice: true },
    marks: [
      plot.ruleY(alarm, { stroke: 'currentColor', strokeDasharray: '1 3', strokeWidth: 1.5 }),
      plot.text(alarm, {
        y: (ml: number) => ml,
        frameAnchor: 'left',
        dx: 4,
        dy: -7,
        textAnchor: 'start',
        text: () => 'alarm volume',
        fill: 'currentColor',
      }),
      plot.ruleX(marked, { x: 'at', stroke: 'currentColor', strokeDasharray: '4 2' }),
      marked.map((one) =>
        plot.text([one], {
          x: 'at',
          frameAnchor: 'top',
          dy: -14 - one.line * 14,
          textAnchor: 'end',
          dx: 3,
          text: 'label',
          fill: 'currentColor',
        }),
      ),
      plot.ruleX([now], { stroke: 'currentColor', strokeWidth: 1.5 }),
      plot.text([now], {
        x: (at: Date) => at,
        frameAnchor: 'bottom',
        dy: -6,
        dx: -4,
        textAnchor: 'end',
        text: () => 'now',
        fill: 'currentColor',
      }),
      plot.lineY(past, { x: 'at', y: 'volumeMl', stroke: 'var(--accent)', strokeWidth: 2.5 }),
      plot.lineY(ahead, { x: 'at', y: 'volumeMl', stroke: 'var(--accent)', strokeWidth: 2.5, strokeDasharray: '5 4' }),
      plot.ruleY([0], { stroke: 'currentColor' }),
    ],
  };
}

function reservoirTable(reservoir: Reservoir | undefined, dates: readonly DueDate[]): HTMLElement {
  const volumes = (reservoir?.points ?? []).map(({ at, volumeMl, kind }) => [
    momentInWords(at),
    amount(volumeMl, 'mL'),
    ways[kind],
  ]);
  const due = dates.map(({ date, kind, method }) => [
    momentInWords(date),
    dateKinds[kind],
    method === 'reported' ? 'Reported' : 'By calculation',
  ]);
  return table(
    'Volumes and dates',
    [{ title: 'When' }, { title: 'What', numeric: true }, { title: 'How known' }],
    [...volumes, ...due],
  );
}

const short = { 'alarm-date': 'alarm date', 'refill-due': 'due by', 'calculated-end': 'calculated end' } as const;
const ways = { past: 'By calculation', projection: 'Projection under the reported programme' } as const;
