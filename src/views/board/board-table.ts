import { type Html, html } from './html.ts';
import type { BoardLine } from './line.ts';
import { addressOf, type BoardView, type Sort } from './view.ts';
import { settingNames, stateNames } from './words.ts';

/** The rows of a page. On a narrow screen each is a card: the roles keep it a table for whoever hears it. */
export function boardTable(lines: readonly BoardLine[], view: BoardView, mayEdit: boolean): Html {
  return html`<table role="table">
<caption>Patients, ${order[view.sort]}, ${view.direction === 'asc' ? 'earliest' : 'latest'} first</caption>
<thead role="rowgroup"><tr role="row">
${plain('Record number')}${plain('State')}${sorted('due', 'Due by', view)}${sorted('alarm', 'Alarm date', view)}
${sorted('refilled', 'Last refill', view)}${sorted('heard', 'Last heard of', view)}${plain('Dose now')}
${plain('To check')}${sorted('booked', 'Owner, booking, note', view)}
</tr></thead>
<tbody role="rowgroup">${lines.map((line) => row(line, mayEdit))}</tbody>
</table>`;
}

const order: Readonly<Record<Sort, string>> = {
  due: 'by due date',
  alarm: 'by alarm date',
  refilled: 'by last refill',
  heard: 'by when they were last heard of',
  booked: 'by booked day',
};

const plain = (name: string): Html => html`<th role="columnheader" scope="col">${name}</th>`;

/** The column that sorts already turns round. */
function sorted(sort: Sort, name: string, view: BoardView): Html {
  const { show } = view;
  const isCurrent = sort === view.sort;
  const direction = isCurrent && view.direction === 'asc' ? 'desc' : 'asc';
  const state = isCurrent && html` aria-sort="${view.direction === 'asc' ? 'ascending' : 'descending'}"`;
  return html`<th role="columnheader" scope="col"${state}><a href="/board${addressOf({ show, sort, direction })}">${name}</a></th>`;
}

function row(line: BoardLine, mayEdit: boolean): Html {
  return html`<tr role="row">
<th role="rowheader" scope="row">${recordNumbers(line)}</th>
${cell('State', html`<span class="state state-${line.state}">${stateNames[line.state]}</span>${!isInColumns(line) && html`<span class="words">${line.words}</span>`}`)}
${cell('Due by', dated(line.dueBy, line.dueMethod, daysWords(line)))}
${cell('Alarm date', dated(line.alarmDate, line.alarmMethod, undefined))}
${cell('Last refill', lastRefill(line))}
${cell('Last heard of', heard(line))}
${cell('Dose now', line.dose === null ? unknown : html`${line.dose}`)}
${cell('To check', toCheck(line))}
${cell('Owner, booking, note', noted(line, mayEdit))}
</tr>`;
}

/** The columns beside it say the same. */
const isInColumns = ({ state, dueBy }: BoardLine): boolean =>
  (state === 'before-due' || state === 'due-soon') && dueBy !== null;

const cell = (name: string, content: Html): Html =>
  html`<td role="cell" data-name="${name}"><div>${content}</div></td>`;

const unknown = html`<span class="unknown">unknown</span>`;

export function recordNumbers({ recordNumbers: all, patient }: BoardLine): Html {
  const [first, ...others] = all.map(({ value }) => value);
  const href = `/board/patients/${patient}`;
  const more = others.length > 0 && html`<span class="how">also ${others.join(', ')}</span>`;
  return html`<a href="${href}">${first ?? 'no record number'}</a>${more}`;
}

function dated(date: string | null, method: string | null, more: string | undefined): Html {
  if (date === null) return unknown;
  return html`${time(date)}<span class="how">${method ?? ''}${more && html`; ${more}`}</span>`;
}

function daysWords({ daysLeft }: BoardLine): string | undefined {
  if (daysLeft === null) return undefined;
  if (daysLeft === 0) return 'today';
  const days = Math.abs(daysLeft) === 1 ? 'day' : 'days';
  return daysLeft > 0 ? `in ${daysLeft} ${days}` : `${-daysLeft} ${days} ago`;
}

function lastRefill({ lastRefill: day, lastRefillSetting: setting, lastRefillPlace: place }: BoardLine): Html {
  if (day === null) return html`<span class="unknown">none reported</span>`;
  const where = [setting === null ? [] : (settingNames[setting] ?? setting), place ?? []].flat().join(', ');
  return html`${time(day)}<span class="how">${where === '' ? 'place not reported' : where}</span>`;
}

function heard({ lastHeardOf, daysSinceHeardOf: days, notHeardOf }: BoardLine): Html {
  if (lastHeardOf === null || days === null) return html`<span class="unknown">never</span>`;
  const ago = days === 0 ? 'today' : `${days} ${days === 1 ? 'day' : 'days'} ago`;
  return html`${time(lastHeardOf.slice(0, 10))}<span class="how">${ago}</span>${notHeardOf && html`<strong class="flag">Not heard of</strong>`}`;
}

function toCheck({ reportsHeld: held, conflicts }: BoardLine): Html {
  const parts = [
    held > 0 ? `${held} ${held === 1 ? 'report' : 'reports'} held` : [],
    conflicts > 0 ? `${conflicts} ${conflicts === 1 ? 'remark' : 'remarks'} to check` : [],
  ].flat();
  return parts.length > 0
    ? html`<strong class="flag">${parts.join(', ')}</strong>`
    : html`<span class="unknown">nothing reported</span>`;
}

function noted(line: BoardLine, mayEdit: boolean): Html {
  const { owner, bookedFor, bookingPast, note, patient, recordNumbers: all } = line;
  const name = all[0]?.value ?? 'this patient';
  return html`${owner !== null && html`<span>${owner}</span>`}
${bookedFor !== null && html`<span>Booked for ${time(bookedFor)}</span>`}
${bookingPast && html`<strong class="flag">That day has gone by; no refill was reported since.</strong>`}
${note !== null && html`<span class="note">${note}</span>`}
${mayEdit && html`<a href="/board/patients/${patient}#note">Edit<span class="hidden"> the note of ${name}</span></a>`}`;
}

const time = (date: string): Html => html`<time datetime="${date}">${date}</time>`;
