import type { Person } from '../../auth/sign-in-person.ts';
import { type Html, html } from './html.ts';
import { notice } from './words.ts';

/** Who looks at a page, and what its forms carry. */
export interface Viewer {
  readonly person: Person;
  readonly formToken: string;
  /** False: nobody signs in here, and the pages say so. */
  readonly signsIn: boolean;
}

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** Undefined: nobody, or nobody yet. */
  readonly viewer?: Viewer | undefined;
  /** Where a style sheet of this page's own is. */
  readonly style?: string | undefined;
}

/** Where the style sheet is, as the routes serve it. */
export const stylePath = '/board/style.css';

/** A whole page. */
export function wholePage({ title, main, viewer, style }: Page): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${stylePath}">
${style && html`<link rel="stylesheet" href="${style}">\n`}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="name">Intrathecal baclofen pumps</p>
<p class="notice">${notice}</p>
${viewer && whoLooks(viewer)}
${viewer?.person.environment === 'test' && testLabel}
${viewer && !viewer.signsIn && openLabel}
</header>
<main id="main">
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;
  return page.text;
}

const testLabel = html`<p class="label test"><strong>Test data.</strong> Nothing here is about a real person.</p>`;

const openLabel = html`<p class="label open"><strong>Open to this machine only, nobody is signed in.</strong> Changes carry no name.</p>`;

/** A page that only says something, and leads on. */
export function messagePage(
  title: string,
  paragraphs: readonly string[],
  link: { readonly href: string; readonly words: string },
): string {
  const main = html`${paragraphs.map((text) => html`<p>${text}</p>`)}<p><a class="button" href="${link.href}">${link.words}</a></p>`;
  return wholePage({ title, main });
}

/** What makes a form ours. */
export const tokenField = ({ formToken }: Viewer): Html =>
  html`<input type="hidden" name="formToken" value="${formToken}">`;

function whoLooks(viewer: Viewer): Html {
  const { person, signsIn } = viewer;
  if (!signsIn) return html``;
  return html`<form class="who" method="post" action="/sign-out">
<p>${person.name}, clinic ${person.tenant}</p>
${tokenField(viewer)}<button type="submit">Sign out</button>
</form>`;
}
