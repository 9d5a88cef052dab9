import { mayAct } from '../../auth/sign-in-person.ts';
import { type Html, html } from './html.ts';
import { tokenField, type Viewer, wholePage } from './layout.ts';
import type { BoardLine } from './line.ts';
import type { Note } from './notes.ts';
import { settingNames, stateNames } from './words.ts';

export interface PatientContent {
  readonly viewer: Viewer;
  readonly line: BoardLine;
  /** What somebody wrote while another had changed it: both are shown. */
  readonly refused?: Note | undefined;
  readonly refillForm?: Html | undefined;
}

/** One patient of the board: what is known of the refill, and what the clinic notes beside it. */
export function patientPage({ viewer, line, refused, refillForm }: PatientContent): string {
  const number = line.recordNumbers.map(({ value }) => value).join(', ') || 'without a record number';
  const mayEdit = mayAct(viewer.person, 'operator');
  const main = html`<p><a href="/board">Back to the refill board</a></p>
<section aria-labelledby="refill"><h2 id="refill">Refill</h2>
<p><span class="state state-${line.state}">${stateNames[line.state]}</span> ${line.words}</p>
${line.bookingPast && html`<p class="flag"><strong>It was booked for ${line.bookedFor}. That day has gone by; no refill was reported since.</strong></p>`}
<p>${lastRefill(line)} ${line.reportsHeld > 0 && html`<strong class="flag">${line.reportsHeld} reports held.</strong>`}</p>
</section>
<section aria-labelledby="note"><h2 id="note">Owner, booking, note</h2>
${refused && collision(refused, line)}
${mayEdit ? noteForm(viewer, line, refused) : noteAsText(line)}
</section>
${mayEdit && refillForm}`;
  return wholePage({ title: `Record number ${number}`, main, viewer });
}

function lastRefill({ lastRefill: day, lastRefillSetting: setting, lastRefillPlace: place }: BoardLine): string {
  if (day === null) return 'No refill is reported.';
  const where = [setting === null ? [] : (settingNames[setting] ?? setting), place ?? []].flat().join(', ');
  return `The last refill reported was on ${day}${where === '' ? '' : `, ${where}`}.`;
}

function collision(yours: Note, line: BoardLine): Html {
  const theirs: Note = { owner: line.owner, note: line.note, bookedFor: line.bookedFor };
  return html`<div class="label open" role="alert">
<p><strong>Nothing was saved: ${line.noteChangedBy ?? 'somebody'} changed this meanwhile.</strong> Below the form holds what you wrote.
Save it to replace what stands here now, or go back to the board to leave it.</p>
<table class="plain"><caption>Both</caption>
<thead><tr><th scope="col">Field</th><th scope="col">Now here</th><th scope="col">You wrote</th></tr></thead>
<tbody>${fields.map(
    ({ name, words }) =>
      html`<tr><th scope="row">${words}</th><td>${theirs[name] ?? 'nothing'}</td><td>${yours[name] ?? 'nothing'}</td></tr>`,
  )}</tbody></table></div>`;
}

const fields = [
  { name: 'owner', words: 'Looked after by' },
  { name: 'bookedFor', words: 'Booked for' },
  { name: 'note', words: 'Note' },
] as const;

function noteForm(viewer: Viewer, line: BoardLine, refused: Note | undefined): Html {
  const { owner, bookedFor, note }: Note = refused ?? line;
  return html`<form class="stacked" method="post" action="/board/patients/${line.patient}/note">
${tokenField(viewer)}
<input type="hidden" name="version" value="${line.noteVersion}">
<label for="note-owner">Looked after by</label>
<input id="note-owner" name="owner" value="${owner ?? ''}" maxlength="120" autocomplete="off">
<label for="note-booked">Refill booked for</label>
<input id="note-booked" name="bookedFor" type="date" value="${bookedFor ?? ''}">
<label for="note-text">Note</label>
<textarea id="note-text" name="note" rows="4" maxlength="2000" aria-describedby="note-hint">${note ?? ''}</textarea>
<p id="note-hint" class="how">For the clinic’s own planning. What happened to the pump is reported as an event, not noted here.</p>
<button type="submit">Save</button>
${line.noteChangedBy !== null && html`<p class="how">Changed last by ${line.noteChangedBy}, ${line.noteChangedAt}.</p>`}
</form>`;
}

const noteAsText = (line: BoardLine): Html =>
  html`<dl>${fields.map(({ name, words }) => html`<dt>${words}</dt><dd>${line[name] ?? 'nothing noted'}</dd>`)}</dl>`;
