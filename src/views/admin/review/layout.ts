import { mayAct, type Role } from '../../../auth/sign-in-person.ts';
import { type Html, html } from '../../board/html.ts';
import { tokenField, type Viewer, wholePage } from '../../board/layout.ts';

export const reviewStylePath = '/admin/review/style.css';

export interface ReviewPage {
  readonly viewer: Viewer;
  readonly title: string;
  readonly main: Html;
  /** What came of what was done last. */
  readonly said?: string | undefined;
}

export function reviewPage({ viewer, title, main, said }: ReviewPage): string {
  const open = html`<p class="label open">Whoever sits at this machine may do everything here but dismiss in bulk: that takes two people who signed in.</p>`;
  return wholePage({
    ...{ title, viewer, style: reviewStylePath },
    main: html`<nav class="places" aria-label="Pages"><a href="/admin/review">What a human has to decide</a> <a href="/board">Refill board</a></nav>
${!viewer.signsIn && open}
${said && html`<p class="label said" role="status">${said}</p>`}
${main}`,
  });
}

export const may = ({ person }: Viewer, role: Role): boolean => mayAct(person, role);

/** A form of one button. */
export const buttonForm = (viewer: Viewer, action: string, words: string): Html =>
  html`<form method="post" action="${action}">${tokenField(viewer)}<button type="submit">${words}</button></form>`;
