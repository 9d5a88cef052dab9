/** Builds elements without markup in text: nothing that a record says can become an element or a script. */

export type Child = Node | string | null | undefined | readonly Child[];

export type Attributes = Readonly<Record<string, string | undefined>>;

/** An attribute that is undefined is left out; children that are null are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...flat(children));
  return made;
}

/** A button that does something on this page. */
export function button(label: string, attributes: Attributes, onClick: (button: HTMLButtonElement) => void) {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', () => onClick(made));
  return made;
}

/** A list; a single item stands alone. */
export function list(items: readonly Child[]): Child {
  if (items.length <= 1) return items;
  return element(
    'ul',
    {},
    items.map((item) => element('li', {}, item)),
  );
}

/** What a page consists of, under its heading. */
export function section(id: string, heading: string, ...children: Child[]): HTMLElement {
  const title = element('h2', { id: `${id}-heading` }, heading);
  return element('section', { id, 'aria-labelledby': `${id}-heading` }, title, children);
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

/** A table with a caption and headers; it scrolls by itself where it is wider than the page. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Child[])[]): HTMLElement {
  const head = columns.map(({ title, numeric }) =>
    element('th', { scope: 'col', class: numeric ? 'number' : undefined }, title),
  );
  const body = rows.map((cells) =>
    element(
      'tr',
      {},
      cells.map((content, n) => cell(content, columns[n])),
    ),
  );
  const made = element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, head)),
    element('tbody', {}, body),
  );
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, made);
}

const cell = (content: Child, column: Column | undefined): HTMLElement =>
  element('td', { class: column?.numeric ? 'number' : undefined }, content);

function flat(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child): (Node | string)[] => {
    if (child === null || child === undefined) return [];
    return Array.isArray(child) ? flat(child) : [child as Node | string];
  });
}
