// Making elements. Whatever comes from the bus is text: there is no way here to give HTML.

type Child = Node | string;
type Attributes = Readonly<Record<string, string>>;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

/** A shape of a picture. */
export function shape<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** Changes a text only if it is another: selections and screen readers are not disturbed. */
export function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
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

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
