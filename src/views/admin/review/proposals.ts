import { type Html, html } from '../../board/html.ts';
import type { Viewer } from '../../board/layout.ts';
import { actorOf } from './asker.ts';
import { buttonForm, may } from './layout.ts';
import type { Proposal } from './options.ts';
import { addressOf } from './question.ts';
import { moment, questionWords } from './words.ts';

/** What one person proposed to dismiss together, for another to agree with. */
export function proposalsHtml(viewer: Viewer, proposals: readonly Proposal[]): Html {
  if (proposals.length === 0) return html``;
  return html`<section aria-labelledby="proposed"><h2 id="proposed">Proposed to be dismissed</h2>
${proposals.map((one) => proposalHtml(viewer, one))}</section>`;
}

function proposalHtml(viewer: Viewer, { id, question, count, reason, proposedBy, proposedAtMs }: Proposal): Html {
  const at = `/admin/review/proposals/${id}`;
  const isOwn = proposedBy === actorOf(viewer.person);
  const mayDecide = may(viewer, 'admin');
  return html`<div class="label open"><p><strong>${count} items</strong>: <a href="${addressOf(question)}">${questionWords(question)}</a>.
Proposed by ${proposedBy}, ${moment(proposedAtMs)}: ${reason}</p>
<div class="actions">${mayDecide && !isOwn && buttonForm(viewer, `${at}/confirm`, `Dismiss these ${count}`)}
${mayDecide && buttonForm(viewer, `${at}/withdraw`, isOwn ? 'Withdraw the proposal' : 'Refuse the proposal')}</div>
${isOwn && html`<p class="how">Somebody else has to agree.</p>`}</div>`;
}
