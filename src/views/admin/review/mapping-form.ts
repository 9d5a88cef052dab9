import { type Html, html } from '../../board/html.ts';
import { tokenField, type Viewer } from '../../board/layout.ts';
import { may } from './layout.ts';
import type { MappableCode, ReviewLine, Target } from './options.ts';

/** "This code of theirs means that code of ours": a row for the site's own code table. */
export function mappingForms(viewer: Viewer, item: ReviewLine, mappable: readonly MappableCode[]): Html {
  if (mappable.length === 0 || item.closedAtMs !== null) return html``;
  return html`<section aria-labelledby="map"><h2 id="map">Add the code to the table of this site</h2>
${may(viewer, 'mapper') ? mappable.map((code, n) => form(viewer, item, code, n)) : html`<p>Somebody who looks after the code tables can do this here.</p>`}</section>`;
}

function form(viewer: Viewer, { id }: ReviewLine, one: MappableCode, n: number): Html {
  const { code, display, conceptMap, nearest, targets } = one;
  const name = (part: string) => `${part}-${n}`;
  return html`<form class="stacked" method="post" action="/admin/review/${id}/map">
${tokenField(viewer)}<input type="hidden" name="of" value="${n}"><input type="hidden" name="code" value="${code}">
<p>The sender’s code <strong>${code}</strong>${display && display !== code && html` (“${display}”)`} has no row in ${conceptMap.split('/').at(-1)}.</p>
<label for="${name('target')}">It means</label>
<select id="${name('target')}" name="target" required><option value="">Choose</option>
${nearest.length > 0 && html`<optgroup label="Written alike: only a suggestion, check what it means">${nearest.map(option)}</optgroup>`}
<optgroup label="All codes">${targets.map(option)}</optgroup></select>
<label for="${name('equivalence')}">How exactly</label>
<select id="${name('equivalence')}" name="equivalence"><option value="equivalent">It means the same</option><option value="wider">Ours means more than theirs</option></select>
<label for="${name('reason')}">How you know, without names or record numbers</label>
<input id="${name('reason')}" name="reason" required maxlength="300" autocomplete="off">
<button type="submit">Add to the table</button>
<p class="how">It counts at once for whatever is read or tried again. The table is a file of this site, which an update leaves alone.</p></form>`;
}

const option = ({ system, code, display }: Target): Html =>
  html`<option value="${system}|${code}">${display} (${code})</option>`;
