import type { Course } from '../../pump-status/course-schema.ts';
import { chartSection, type Plot, timeAxis } from './chart.ts';
import { timelineWords } from './course-words.ts';
import { element, table } from './elements.ts';
import { momentInWords, placeOf } from './moments.ts';
import { type Mark, marksOf } from './timeline-marks.ts';

/** Devices, refills, alarms and complications, one below the other on one axis. */
export function timelineChart(course: Course): HTMLElement {
  const marks = marksOf(course);
  return chartSection({
    id: 'timeline',
    heading: 'Devices, refills, alarms and complications',
    words: timelineWords(course),
    numbers: markTable(marks),
    legend: element(
      'p',
      { class: 'legend' },
      'Bar: from when until when. Circle: refill. Triangle: alarm. Diamond: complication. Cross: bolus.',
    ),
    plot: marks.length === 0 ? undefined : (plot, width) => drawing(plot, width, marks, placeOf(course.asOf)),
  });
}

function drawing(plot: Plot, width: number, marks: readonly Mark[], now: Date) {
  const lanes = [...new Set(marks.map(({ lane }) => lane))];
  const bars = marks.filter(({ symbol }) => symbol === 'bar');
  const from = (one: Mark) => placeOf(one.from);
  const until = (one: Mark) => (one.until ? placeOf(one.until) : now);
  const shown = (name: Mark['symbol'], symbol: 'circle' | 'triangle' | 'diamond' | 'times') =>
    plot.dot(
      marks.filter((one) => one.symbol === name),
      {
        ...{ x: from, y: 'lane', symbol, r: 6, strokeWidth: 2 },
        ...(symbol === 'times' ? { stroke: 'currentColor' } : { fill: 'var(--paper)', stroke: 'currentColor' }),
      },
    );
  return {
    width,
    height: 44 + lanes.length * 34,
    marginLeft: 96,
    marginRight: 20,
    x: timeAxis(width),
    y: { type: 'band' as const, domain: lanes, label: null },
    marks: [
      plot.ruleY(lanes, { stroke: 'currentColor', strokeOpacity: 0.2 }),
      plot.barX(bars, {
        x1: from,
        x2: until,
        y: 'lane',
        fill: 'var(--accent)',
        fillOpacity: 0.35,
        stroke: 'var(--accent)',
        insetTop: 8,
        insetBottom: 8,
      }),
      shown('refill', 'circle'),
      shown('bolus', 'times'),
      shown('alarm', 'triangle'),
      shown('complication', 'diamond'),
    ],
  };
}

function markTable(marks: readonly Mark[]): HTMLElement {
  const newest = marks.toSorted((a, b) => placeOf(b.from).getTime() - placeOf(a.from).getTime());
  const rows = newest.map(({ lane, what, from, until }) => [momentInWords(from), lane, what, endInWords(until)]);
  return table(
    'Everything on the timeline, newest first',
    ['When', 'Kind', 'What', 'Until'].map((title) => ({ title })),
    rows,
  );
}

const endInWords = (until: string | null | undefined): string =>
  until === undefined ? '' : until === null ? 'no end reported' : momentInWords(until);
