// A list of names and values.

import { h } from './dom.ts';
import type { Detail } from './model.ts';

/** Makes the list anew only when something in it is another. */
export function showDetails(list: HTMLElement, details: readonly Detail[]): void {
  const now = details.map(([name, value]) => `${name}\n${value}`).join('\n');
  if (list.dataset.shown === now) return;
  list.dataset.shown = now;
  list.replaceChildren(
    ...details.map(([name, value]) => h('div', { class: 'row' }, h('dt', {}, name), h('dd', {}, value))),
  );
}
