// The legend of the chart, with what was at the time that is pointed at.

import { ampsText } from './chart-data.ts';
import { h, keep, setText } from './dom.ts';

export interface Reading {
  readonly amps: readonly (number | null | undefined)[];
  readonly limit: number | null | undefined;
}

export function createReadout() {
  const rows = new Map<string, { item: HTMLElement; name: HTMLElement; value: HTMLElement }>();
  const at = h('span', { class: 'number' });
  const now = h('button', { type: 'button', class: 'small away' }, 'Now');
  const limit = h('span', { class: 'number' });
  const limitItem = h(
    'li',
    {},
    h('span', { class: 'dash', 'aria-hidden': 'true' }),
    h('span', {}, 'Circuit limit'),
    ' ',
    limit,
  );
  const list = h('ul', { class: 'legend' }, limitItem);
  const element = h('div', { class: 'readout' }, h('p', { class: 'at' }, at), list);
  const box = h('div', { class: 'readout-box' }, element, now);

  function create(id: string) {
    const [name, value] = [h('span', {}, id), h('span', { class: 'number' })];
    return { item: h('li', {}, h('span', { class: 'dot', 'aria-hidden': 'true' }), name, ' ', value), name, value };
  }

  let said = '';

  return {
    element: box,
    /** What it shows, as a sentence. */
    get text() {
      return said;
    },
    now,
    name(chargers: readonly { readonly id: string; readonly name: string }[]) {
      const ids = chargers.map(({ id }) => id);
      if (keep(rows, ids, create)) list.replaceChildren(...ids.flatMap((id) => rows.get(id)?.item ?? []), limitItem);
      for (const [place, { id, name }] of chargers.entries()) {
        const row = rows.get(id);
        if (row) row.item.dataset.place = String(place % 4);
        if (row) setText(row.name, name);
      }
    },
    show(time: string, reading: Reading, isPast: boolean) {
      setText(at, time);
      now.classList.toggle('away', !isPast);
      for (const [i, row] of [...rows.values()].entries()) setText(row.value, ampsText(reading.amps[i]));
      setText(limit, ampsText(reading.limit));
      said = `${time}: ${[...list.children].map((item) => item.textContent).join(', ')}`;
    },
  };
}
