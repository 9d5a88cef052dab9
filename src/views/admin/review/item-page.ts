import { type Html, html } from '../../board/html.ts';
import { tokenField, type Viewer } from '../../board/layout.ts';
import { buttonForm, may, reviewPage } from './layout.ts';
import { table } from './list-page.ts';
import { mappingForms } from './mapping-form.ts';
import { markedHtml } from './marked-html.ts';
import type { DecisionLine, Inside, ReviewLine } from './options.ts';
import { isMarked, shown } from './shown/shown.ts';
import {
  capital,
  decisionNames,
  formatNames,
  moment,
  outcomeNames,
  placeWords,
  stageNames,
  stateWords,
} from './words.ts';

export interface ItemContent {
  readonly viewer: Viewer;
  readonly item: ReviewLine;
  readonly history: readonly DecisionLine[];
  /** Undefined: the viewer may not see it. */
  readonly inside: Inside | undefined;
  readonly said?: string | undefined;
}

export function itemPage({ viewer, item, history, inside, said }: ItemContent): string {
  const { id, problem } = item;
  const { severity, code, message, remedy } = problem;
  return reviewPage({
    ...{ viewer, said, title: `Item ${id}: ${code}` },
    main: html`<p class="severity-${severity}"><strong>${capital(message)}.</strong></p>
<p><strong>What to do:</strong> ${remedy}</p>
${facts(item, inside)}
${inside ? insideHtml(viewer, item, inside) : notForViewers}
${item.closedAtMs === null && may(viewer, 'operator') && decide(viewer, item)}
${historyHtml(history)}`,
  });
}

const notForViewers = html`<p class="label">What was sent is seen by operators only.</p>`;

function facts(item: ReviewLine, inside: Inside | undefined): Html {
  const { problem, stage, source, sourceSystem, destination, patientId, eventId, receiptId, format } = item;
  const rows: readonly (readonly [string, string | Html | undefined])[] = [
    ['State', stateWords(item)],
    ['Kind', stageNames[stage] ?? stage],
    ['Place', placeWords(problem.place)],
    ['Field map', source],
    ['Source', sourceSystem],
    ['Sent as', formatNames[format ?? 'json']],
    ['Event', inside && (eventId ?? problem.place?.eventId)],
    ['Destination', destination],
    ['Patient', patientId],
    ['Receipt', receiptId],
    ['Opened', moment(item.openedAtMs)],
    ['Closed', item.closedAtMs === null ? undefined : moment(item.closedAtMs)],
    ['Closed by', item.decidedBy],
    ['Reason', item.reason],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => value !== undefined && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function insideHtml(viewer: Viewer, item: ReviewLine, inside: Inside): Html {
  return html`${message(item, inside)}
${problemsHtml(inside)}
${inside.forReviewers && html`<section aria-labelledby="calculated"><h2 id="calculated">For reviewers only</h2><p>Calculated, and never sent to anybody.</p>${markedHtml(shown(inside.forReviewers, undefined, []))}</section>`}
${mappingForms(viewer, item, inside.mappable)}
${inside.beside.length > 0 && html`<section aria-labelledby="beside"><h2 id="beside">Also of this message</h2>${table(inside.beside)}</section>`}`;
}

function message({ problem, format }: ReviewLine, { text, says, format: kept, problems }: Inside): Html {
  if (text === undefined) return html`${says && html`<p class="label">${says}</p>`}`;
  const places = [problem, ...problems].flatMap(({ place }) => place ?? []);
  const what = shown(text, kept ?? format, places);
  return html`<section aria-labelledby="sent"><h2 id="sent">What was sent</h2>
${!isMarked(what) && html`<p>The problem is about the whole: no part of it is marked.</p>`}
${markedHtml(what)}</section>`;
}

/** The first one is the item's own; a sender wants to mend all at once. */
function problemsHtml({ problems }: Inside): Html {
  if (problems.length < 2) return html``;
  return html`<section aria-labelledby="problems"><h2 id="problems">Everything that is wrong with it</h2>
<ul>${problems.map(({ code, message, remedy, place }) => html`<li><strong>${code}</strong>${place && html` at ${placeWords(place) ?? 'the whole'}`}: ${message}. ${remedy}</li>`)}</ul></section>`;
}

function decide(viewer: Viewer, { id, problem, stage }: ReviewLine): Html {
  const again = stage === 'intake' || stage === 'ledger' ? 'Read it again' : 'Try it again';
  return html`<section aria-labelledby="decide"><h2 id="decide">Decide</h2>
<div class="actions">${buttonForm(viewer, `/admin/review/${id}/retry`, again)}
<a class="button" href="/admin/review?code=${problem.code}">All items with ${problem.code}</a></div>
<form class="stacked" method="post" action="/admin/review/${id}/dismiss">
${tokenField(viewer)}<label for="reason">Why it may be dismissed, without names or record numbers</label>
<input id="reason" name="reason" required maxlength="500" autocomplete="off">
<button type="submit">Dismiss</button></form></section>`;
}

function historyHtml(history: readonly DecisionLine[]): Html {
  if (history.length === 0) return html``;
  return html`<section aria-labelledby="history"><h2 id="history">What was decided</h2>
<ol>${history.map(({ atMs, actor, action, outcome, reason }) => html`<li>${moment(atMs)}: ${decisionNames[action] ?? action} by ${actor}, ${outcomeNames[outcome] ?? outcome}${reason && html`: ${reason}`}</li>`)}</ol></section>`;
}
