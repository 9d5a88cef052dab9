import { type Html, html } from '../board/html.ts';
import { type Described, operationsOf, type Placed } from './described.ts';

export interface DocsContent {
  readonly described: Described;
  /** One invented event of each kind, and what the kind is about. */
  readonly examples: readonly { readonly type: string; readonly about: string; readonly example: object }[];
  /** What to do about each problem, by its code. */
  readonly problems: Readonly<Record<string, string>>;
}

/** Where the style sheet is, as the route serves it. */
export const docsStylePath = '/docs/style.css';

/** The description of the HTTP interface, for people. */
export function docsPage(content: DocsContent): string {
  const { info, tags } = content.described;
  const operations = operationsOf(content.described);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title} ${info.version}: HTTP interface</title>
<link rel="stylesheet" href="${docsStylePath}">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="name">${info.title} ${info.version}</p>
<p>${info.description}</p>
</header>
${contents(tags)}
<main id="main">
<h1>HTTP interface</h1>
<p>The same as <a href="/openapi.json">OpenAPI 3.1</a>, for machines.</p>
${tags.map((tag) => section(tag, operations, content.described))}
${eventsSection(content.examples)}
${problemsSection(content.problems)}
</main>
</body>
</html>
`;
  return page.text;
}

function contents(tags: Described['tags']): Html {
  const own = tags.map(({ name }) => html`<li><a href="#${idOf(name)}">${name}</a></li>`);
  return html`<nav aria-label="Parts"><ul>${own}<li><a href="#events">Events</a></li><li><a href="#problems">Problems</a></li></ul></nav>`;
}

const idOf = (name: string): string => `part-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;

function section({ name, description }: Described['tags'][number], all: readonly Placed[], described: Described): Html {
  const own = all.filter(({ tags }) => tags.includes(name));
  return html`<section aria-labelledby="${idOf(name)}">
<h2 id="${idOf(name)}">${name}</h2>
<p>${description}</p>
${own.map((one) => operationHtml(one, described))}
</section>
`;
}

function operationHtml(operation: Placed, described: Described): Html {
  const { operationId, method, path, server, summary, parameters = [], requestBody, responses } = operation;
  const bodies = Object.keys(requestBody?.content ?? {});
  return html`<article aria-labelledby="${operationId}">
<h3 id="${operationId}"><code><span class="method">${method.toUpperCase()}</span> ${path}</code></h3>
<p>${summary}. ${whoIsLetIn(operation, described)}</p>
<p class="at">At <code>${server}</code></p>
${parameters.length > 0 && parametersTable(parameters, operationId)}
${bodies.length > 0 && html`<p>It is sent ${list(bodies)}.</p>`}
<table><caption>Answers</caption><thead><tr><th scope="col">Status</th><th scope="col">What it means</th><th scope="col">As</th></tr></thead>
<tbody>${Object.entries(responses).map(([status, one]) => html`<tr><th scope="row">${status === 'default' ? 'other' : status}</th><td>${one.description}</td><td>${list(Object.keys(one.content))}</td></tr>`)}</tbody></table>
</article>
`;
}

function whoIsLetIn({ security }: Placed, { components }: Described): string {
  if (!security) return 'Open to everybody who reaches it.';
  const ways = security.flatMap((one) => Object.keys(one));
  const words = ways.map((way) => {
    const { description } = components.securitySchemes[way] as { description?: string };
    return (description ?? way).replace(/\.$/, '');
  });
  return `It wants ${words.length > 1 ? 'one of: ' : ''}${words.join('; or: ')}.`;
}

function parametersTable(parameters: NonNullable<Placed['parameters']>, operationId: string): Html {
  const rows = parameters.map(
    ({ name, in: where, required, description }) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>${where}${required && ', required'}</td><td>${description}</td></tr>`,
  );
  return html`<table id="${operationId}-parameters"><caption>Asked with</caption><thead><tr><th scope="col">Name</th><th scope="col">Where</th><th scope="col">Meaning</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

const list = (names: readonly string[]): Html =>
  html`${names.map((name, n) => html`${n > 0 && (n === names.length - 1 ? ' or ' : ', ')}<code>${name}</code>`)}`;

function eventsSection(examples: DocsContent['examples']): Html {
  const one = ({
    type,
    about,
    example,
  }: DocsContent['examples'][number]) => html`<article aria-labelledby="event-${type}">
<h3 id="event-${type}"><code>${type}</code></h3>
<p>${about}</p>
<pre tabindex="0" aria-labelledby="event-${type}"><code>${JSON.stringify(example, null, 2)}</code></pre>
</article>
`;
  return html`<section aria-labelledby="events">
<h2 id="events">Events</h2>
<p>One invented example of each kind. Every field is described in the schema <code>Event</code> of the OpenAPI document.</p>
${examples.map(one)}
</section>
`;
}

function problemsSection(problems: DocsContent['problems']): Html {
  const rows = Object.entries(problems).map(
    ([code, remedy]) => html`<tr><th scope="row"><code>${code}</code></th><td>${remedy}</td></tr>`,
  );
  return html`<section aria-labelledby="problems">
<h2 id="problems">Problems</h2>
<p>What is wrong is said by one of these codes, with its place and never with what was sent.</p>
<table><caption>What to do</caption><thead><tr><th scope="col">Code</th><th scope="col">What to do</th></tr></thead><tbody>${rows}</tbody></table>
</section>
`;
}
