// Making elements. Everything that comes from the bus is text: there is no way here to give HTML.

type Child = Node | string;
type Attributes = Readonly<Record<string, string>>;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Changes a text only if it is another: selections and screen readers are not disturbed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Gives an element other children only when what they show, `key`, is another. */
export function setChildren(element: HTMLElement, key: unknown, make: () => readonly Child[]): void {
  const shown = JSON.stringify(key);
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  element.replaceChildren(...make());
}

/** Gives an element these children in this order. None is moved that stands right: what has the focus keeps it. */
export function setOrder(element: Element, children: readonly Element[]): void {
  for (const child of [...element.children]) if (!children.includes(child)) child.remove();
  for (const [place, child] of children.entries()) {
    if (element.children[place] !== child) element.insertBefore(child, element.children[place] ?? null);
  }
}

/** One for each id: made when it is new, forgotten when it is gone. True if there was such a change. */
export function keep<T>(known: Map<string, T>, ids: readonly string[], make: (id: string) => T): boolean {
  const gone = [...known.keys()].filter((id) => !ids.includes(id));
  const fresh = ids.filter((id) => !known.has(id));
  for (const id of gone) known.delete(id);
  for (const id of fresh) known.set(id, make(id));
  return gone.length + fresh.length > 0;
}

export function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

/** The heading that the page has for a section. */
export function heading(section: HTMLElement): HTMLElement {
  return section.querySelector('h2') ?? h('h2');
}

/** The heading of a folded part; `more` is only for screen readers, which meet it without its surroundings. */
export function summary(text: string, more: string): HTMLElement {
  return h('summary', {}, text, h('span', { class: 'unseen' }, ` ${more}`));
}

/** Names and values. */
export function showDetails(list: HTMLElement, details: readonly (readonly [string, string])[]): void {
  setChildren(list, details, () =>
    details.map(([name, value]) => h('div', { class: 'row' }, h('dt', {}, name), h('dd', {}, value))),
  );
}
