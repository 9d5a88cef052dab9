import { type Html, html } from '../../board/html.ts';
import { tokenField, type Viewer } from '../../board/layout.ts';
import { buttonForm, may, reviewPage } from './layout.ts';
import type { Proposal, ReviewLine, ReviewList, ReviewOptions } from './options.ts';
import { proposalsHtml } from './proposals.ts';
import { addressOf, ages, type ReviewQuestion, stages } from './question.ts';
import { ageNames as ageWords, capital, moment, placeWords, questionWords, stageNames, stateWords } from './words.ts';

export interface ListContent {
  readonly viewer: Viewer;
  readonly question: ReviewQuestion;
  readonly list: ReviewList;
  readonly proposals: readonly Proposal[];
  readonly kept: ReviewOptions['kept'];
  readonly said?: string | undefined;
}

export function listPage(content: ListContent): string {
  const { viewer, question, list, proposals, said } = content;
  const { lines, codes } = list;
  const total = codes
    .filter(({ code }) => question.code === undefined || code === question.code)
    .reduce((sum, { count }) => sum + count, 0);
  return reviewPage({
    ...{ viewer, said, title: 'What a human has to decide' },
    main: html`<p>Reports that were refused, doubts, and what a destination does not take. Nothing here is lost: it is kept until somebody decides.</p>
${proposalsHtml(viewer, proposals)}
${narrowing(content)}
${codesNav(question, codes)}
<p>${capital(questionWords(question))}: ${total}.</p>
${lines.length > 0 && table(lines)}
${paging(question, list)}
${question.state === 'open' && lines.length > 0 && may(viewer, 'operator') && together(viewer, question, total)}
${keeping(content)}`,
  });
}

function narrowing({ viewer, question }: ListContent): Html {
  const { state, stage, code, source, destination, patient, age, order, words } = question;
  return html`<section aria-labelledby="narrow"><h2 id="narrow">Narrow the list</h2>
<form method="get" action="/admin/review" class="narrow">
${select('state', 'State', state, { open: 'open', closed: 'closed' })}
${select('stage', 'Kind', stage, { '': 'any', ...named(stages, stageNames) })}
${select('age', 'Opened', age, { '': 'any time', ...named(ages, ageWords) })}
${select('order', 'Order', order, { 'newest-first': 'newest first', 'oldest-first': 'oldest first' })}
${input('source', 'Source or field map', source)}
${input('destination', 'Destination', destination)}
${input('patient', 'Patient (our keyed id)', patient)}
${code && html`<input type="hidden" name="code" value="${code}">`}
<p><button type="submit">Show</button> <a href="/admin/review">Show all open items</a></p>
</form>
<form method="post" action="${addressOf({ ...question, after: undefined }, '/admin/review/find')}" class="finder">
${tokenField(viewer)}<label for="words">Words of the problem</label>
<input id="words" name="words" value="${words ?? ''}" maxlength="100" autocomplete="off">
<button type="submit">Find</button>${words && html` <button type="submit" name="clear" value="yes">Forget these words</button>`}
</form></section>`;
}

const named = (codes: readonly string[], names: Readonly<Record<string, string>>) =>
  Object.fromEntries(codes.map((code) => [code, names[code] ?? code]));

const select = (
  name: string,
  label: string,
  chosen: string | undefined,
  options: Readonly<Record<string, string>>,
): Html =>
  html`<label>${label}<select name="${name}">${Object.entries(options).map(
    ([value, words]) => html`<option value="${value}"${value === (chosen ?? '') && html` selected`}>${words}</option>`,
  )}</select></label>`;

const input = (name: string, label: string, value: string | undefined): Html =>
  html`<label>${label}<input name="${name}" value="${value ?? ''}" maxlength="200" autocomplete="off"></label>`;

function codesNav(question: ReviewQuestion, codes: ReviewList['codes']): Html {
  if (codes.length === 0) return html``;
  const link = (code: string | undefined, words: Html) =>
    html`<li><a href="${addressOf({ ...question, code, after: undefined })}"${code === question.code && html` aria-current="page"`}>${words}</a></li>`;
  const all = codes.reduce((sum, { count }) => sum + count, 0);
  return html`<nav aria-label="Problems"><ul class="states">${link(undefined, html`All <span class="count">${all}</span>`)}${codes.map(
    ({ code, count }) => link(code, html`${code} <span class="count">${count}</span>`),
  )}</ul></nav>`;
}

/** The roles are written out: a phone shows rows as blocks, and would no longer call them a table. */
export const table = (lines: readonly ReviewLine[]): Html =>
  html`<table role="table"><thead><tr role="row"><th role="columnheader" scope="col">Item</th><th role="columnheader" scope="col">Problem</th><th role="columnheader" scope="col">Where</th><th role="columnheader" scope="col">About</th><th role="columnheader" scope="col">Opened</th></tr></thead>
<tbody>${lines.map(row)}</tbody></table>`;

function row(line: ReviewLine): Html {
  const { id, problem, destination, sourceSystem, source, patientId, openedAtMs } = line;
  const from = [source, sourceSystem].filter((one) => one !== undefined).join(', ');
  return html`<tr role="row"><th role="rowheader" scope="row"><a href="/admin/review/${id}">Item ${id}</a><span class="how">${stateWords(line)}</span></th>
<td role="cell" data-name="Problem"><span><strong class="severity-${problem.severity}">${problem.code}</strong><span>${capital(problem.message)}</span></span></td>
<td role="cell" data-name="Where">${placeWords(problem.place) ?? '–'}</td>
<td role="cell" data-name="About"><span>${[from && `from ${from}`, destination && `at ${destination}`, patientId && `patient ${patientId}`].filter(Boolean).map((one) => html`<span>${one}</span>`)}</span></td>
<td role="cell" data-name="Opened">${moment(openedAtMs)}</td></tr>\n`;
}

function paging(question: ReviewQuestion, { next }: ReviewList): Html {
  const first =
    question.after !== undefined && html`<a href="${addressOf({ ...question, after: undefined })}">First page</a> `;
  return html`<p>${first}${next !== undefined && html`<a href="${addressOf({ ...question, after: next })}">Next page</a>`}</p>`;
}

function together(viewer: Viewer, question: ReviewQuestion, total: number): Html {
  const all = { ...question, after: undefined };
  return html`<section aria-labelledby="together"><h2 id="together">All of this list together</h2>
<div class="actions">${buttonForm(viewer, addressOf(all, '/admin/review/retry'), total === 1 ? 'Try it again' : `Try all ${total} again`)}</div>
${viewer.signsIn && may(viewer, 'admin') && bulk(viewer, all, total)}</section>`;
}

const bulk = (viewer: Viewer, question: ReviewQuestion, total: number): Html =>
  html`<form class="stacked" method="post" action="${addressOf(question, '/admin/review/proposals')}">
${tokenField(viewer)}<label for="bulk-reason">Why all of these may be dismissed, without names or record numbers</label>
<input id="bulk-reason" name="reason" required maxlength="500" autocomplete="off">
<button type="submit">Propose to dismiss ${total}</button>
<p class="how">Another administrator has to agree. What changes a destination is dismissed one by one.</p></form>`;

function keeping({ viewer, kept }: ListContent): Html {
  const { reviewDays, openReviewDays, messageDays } = kept;
  return html`<section aria-labelledby="kept"><h2 id="kept">How long what was sent is kept</h2>
<p>Sealed: ${reviewDays} days after an item was closed. Of an open item ${openReviewDays} days; the item stays until somebody decides, and says that its message is gone.
Messages with their receipts ${messageDays} days. What is in the ledger is the record, and stays.</p>
${may(viewer, 'admin') && buttonForm(viewer, '/admin/review/purge', 'Remove now what is over its time')}</section>`;
}
