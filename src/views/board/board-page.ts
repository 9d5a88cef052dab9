import { mayAct } from '../../auth/sign-in-person.ts';
import { boardTable } from './board-table.ts';
import type { Narrowing } from './entries.ts';
import { type Html, html } from './html.ts';
import { tokenField, type Viewer, wholePage } from './layout.ts';
import type { BoardLine } from './line.ts';
import type { BoardSettings } from './settings.ts';
import { addressOf, type BoardView, type Cursor, type Show, shows } from './view.ts';
import { stateNames } from './words.ts';

export interface BoardContent {
  readonly viewer: Viewer;
  readonly view: BoardView;
  readonly narrowing: Narrowing;
  readonly settings: BoardSettings;
  /** The instant that all of it is about, and the clinic's day. */
  readonly at: Temporal.Instant;
  readonly today: string;
  readonly lines: readonly BoardLine[];
  readonly next: Cursor | undefined;
  readonly counts: Readonly<Record<Show, number>>;
  readonly owners: readonly string[];
  /** Patients whose newest reports are still being worked in. */
  readonly behind: number;
}

/** The refill board. */
export function boardPage(content: BoardContent): string {
  const { viewer, view, narrowing, lines, next, counts } = content;
  const main = html`${asOf(content)}
${chooser(view, counts, content.settings)}
${finder(content)}
${lines.length > 0 ? boardTable(lines, view, mayAct(viewer.person, 'operator')) : nobody(narrowing)}
${pages(view, next)}
${files(view)}`;
  return wholePage({ title: 'Refill board', main, viewer });
}

function asOf({ at, today, behind, settings }: BoardContent): Html {
  const clock = at.toZonedDateTimeISO(settings.timeZone).toPlainTime().toString({ smallestUnit: 'minute' });
  const withheld = settings.calculatedValues === 'withheld';
  return html`<p>As of ${today}, ${clock} (${settings.timeZone}). What happened elsewhere is here only if it was reported.</p>
${withheld && html`<p class="label">Calculated dates are not shown at this clinic: only dates that programmers showed.</p>`}
${behind > 0 && html`<p class="label open" role="status"><strong>The newest reports of ${behind} ${behind === 1 ? 'patient is' : 'patients are'} still being worked in.</strong> Their rows may be older. Load the page again in a moment.</p>`}`;
}

/** Each state is a link with its number: the choice stands in the address and holds no name. */
function chooser(view: BoardView, counts: BoardContent['counts'], settings: BoardSettings): Html {
  const one = (show: Show) => {
    const { after: _, ...rest } = view;
    const href = `/board${addressOf({ ...rest, show })}`;
    const current = show === view.show && html` aria-current="page"`;
    return html`<li><a href="${href}"${current} class="state-${show}">${named(show, settings)} <span class="count">${counts[show]}</span></a></li>`;
  };
  return html`<nav aria-label="Which patients"><ul class="states">${shows.map(one)}</ul></nav>`;
}

function named(show: Show, { dueWithinDays, notHeardDays }: BoardSettings): string {
  if (show === 'due-soon') return `Due within ${dueWithinDays} days`;
  if (show === 'not-heard-of') return `Not heard of for ${notHeardDays} days`;
  return stateNames[show];
}

/** Names and record numbers are posted, and kept in the sealed session: neither belongs into an address. */
function finder({ viewer, narrowing, owners, view }: BoardContent): Html {
  const { owner = '', recordNumber = '' } = narrowing;
  const { after: _, ...rest } = view;
  const option = (name: string) => html`<option value="${name}"${name === owner && html` selected`}>${name}</option>`;
  const isNarrowed = owner !== '' || recordNumber !== '';
  return html`<form class="finder" method="post" action="/board/find${addressOf(rest)}">
${tokenField(viewer)}
<label for="record-number">Record number (whole)</label>
<input id="record-number" name="recordNumber" value="${recordNumber}" autocomplete="off" maxlength="200">
<label for="owner">Looked after by</label>
<select id="owner" name="owner"><option value="">Anybody</option>${owners.map(option)}</select>
<button type="submit">Find</button>
${isNarrowed && html`<button type="submit" name="clear" value="yes">Show everybody again</button>`}
</form>
${isNarrowed && html`<p class="label" role="status">Only ${narrowedBy(narrowing)} below.</p>`}`;
}

function narrowedBy({ owner, recordNumber }: Narrowing): string {
  const parts = [
    recordNumber === undefined ? [] : `record number ${recordNumber}`,
    owner === undefined ? [] : `patients looked after by ${owner}`,
  ];
  return parts.flat().join(' and ');
}

const nobody = ({ owner, recordNumber }: Narrowing): Html =>
  owner === undefined && recordNumber === undefined
    ? html`<p>No patient is listed here.</p>`
    : html`<p>No patient is listed here. A patient of whom nothing was reported to this service is not on the board.</p>`;

function pages(view: BoardView, next: Cursor | undefined): Html {
  const { after, ...first } = view;
  if (!after && !next) return html``;
  return html`<nav class="pages" aria-label="Pages">
${after && html`<a class="button" href="/board${addressOf(first)}">First page</a>`}
${next && html`<a class="button" rel="next" href="/board${addressOf({ ...view, after: next })}">Next page</a>`}
</nav>`;
}

/** The same choice as a file. */
function files({ after: _, ...view }: BoardView): Html {
  const query = addressOf(view);
  return html`<p class="files">This list as <a href="/board.csv${query}">CSV</a>, <a href="/board.json${query}">JSON</a>, <a href="/board.fhir${query}">FHIR</a>. Whoever takes a file along takes record numbers along.</p>`;
}
