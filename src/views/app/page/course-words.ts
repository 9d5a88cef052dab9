import type { Course } from '../../pump-status/course-schema.ts';
import { amount, counted } from './amounts.ts';
import { dayInWords, momentInWords } from './moments.ts';

/** What the charts show, in words: whoever cannot see them misses nothing. */

type Dose = Course['doses'][number];
type Reservoir = Course['reservoirs'][number];
type Point = Reservoir['points'][number];
type DueDate = Course['dates'][number];

/** In words: the first dose, the last, the highest, and how often it changed. */
export function doseWords(doses: readonly Dose[]): string {
  const known = doses.filter((one) => one.role === 'infusion' && one.doseUgPerDay !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return 'No programmed daily dose was reported.';
  const most = Math.max(...known.map(({ doseUgPerDay }) => doseUgPerDay ?? 0));
  const changes = known.filter((one, n) => n > 0 && one.doseUgPerDay !== known[n - 1]?.doseUgPerDay).length;
  const ended = last.end === null ? '' : `, until ${dayInWords(last.end)}`;
  const begun = `Programmed daily dose ${amount(first.doseUgPerDay ?? 0, 'mcg/day')} from ${dayInWords(first.start)}`;
  if (first === last) return `${begun}${ended}.`;
  return [
    begun,
    `and ${amount(last.doseUgPerDay ?? 0, 'mcg/day')} from ${dayInWords(last.start)}${ended};`,
    `${counted(changes, 'change')}, highest ${amount(most, 'mcg/day')}.`,
  ].join(' ');
}

/** Without volumes that round to nothing: what is left then is not known, and never told as nothing. */
export const told = (reservoir: Reservoir | undefined): Reservoir | undefined =>
  reservoir && { ...reservoir, points: reservoir.points.filter(({ volumeMl }) => volumeMl > 0) };

/** In words: the volume at both ends, the alarm volume, each date with how it is known. */
export function reservoirWords(reservoir: Reservoir | undefined, dates: readonly DueDate[]): string {
  const said = dates.map(({ kind, method, date }) => `${dateKinds[kind]} ${momentInWords(date)} (${method})`);
  const tail = said.length > 0 ? ` ${said.join('; ')}.` : '';
  if (reservoir?.method !== 'calculated' || reservoir.points.length === 0) {
    return `${reservoir?.method === 'withheld' ? 'Calculated volumes are not shown here.' : 'No volume can be calculated from what was reported.'}${tail}`;
  }
  const [first, last] = [reservoir.points[0], reservoir.points.at(-1)] as [Point, Point];
  const alarm = reservoir.alarmVolumeMl === null ? '' : ` Alarm volume ${amount(reservoir.alarmVolumeMl, 'mL')}.`;
  const volumes = first.at === last.at ? volumeInWords(first) : `${volumeInWords(first)}, ${volumeInWords(last)}`;
  return `By calculation ${volumes}.${alarm}${tail}`;
}

/** By what the pump of a reservoir is told from the others. */
export function reservoirName(reservoirs: readonly Reservoir[], devices: Course['devices'], n: number): string {
  const pump = devices.find(({ device }) => device === reservoirs[n]?.device);
  const serial = pump?.serialNumber ? [`serial number ${pump.serialNumber}`] : [];
  const model = [pump?.manufacturer, pump?.model].filter(Boolean).join(' ') || 'model not recorded';
  return `${n + 1} of ${reservoirs.length} (${[model, ...serial].join(', ')})`;
}

const volumeInWords = ({ at, volumeMl, kind }: Point): string =>
  `${amount(volumeMl, 'mL')} on ${dayInWords(at)}${kind === 'projection' ? ' if the reported programme goes on' : ''}`;

/** How much of each kind there is. */
export function timelineWords({ devices, refills, alarms, complications }: Course): string {
  const counts = [
    counted(devices.filter(({ kind }) => kind === 'pump').length, 'pump'),
    counted(devices.filter(({ kind }) => kind === 'catheter').length, 'catheter'),
    counted(refills.length, 'fill'),
    counted(alarms.length, 'alarm'),
    counted(complications.length, 'complication'),
  ];
  return `Reported: ${counts.join(', ')}.`;
}

export const dateKinds = {
  'alarm-date': 'Low reservoir alarm date',
  'refill-due': 'Refill due by',
  'calculated-end': 'Calculated end of the volume',
} as const;
