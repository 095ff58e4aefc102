// The bus log: every frame in words and as bytes, filtered and searched, while the page shows it.

import type { Line } from '../bus-log.ts';
import { h, heading, part, setText } from './dom.ts';
import type { Stream } from './stream.ts';

const MOST_KEPT = 1_000;
const MOST_SHOWN = 100;

export interface BusView {
  show(lines: readonly Line[]): void;
  /** The chargers that can be chosen. */
  offer(ids: readonly string[]): void;
}

interface Kept {
  readonly line: Line;
  readonly at: string;
}

const kinds: Readonly<Record<string, (line: Line) => boolean>> = {
  'All messages': () => true,
  Heartbeats: ({ message }) => /Heartbeat/.test(message),
  'Limits sent': ({ message }) => /masterHeartbeat(Limit|Step)/.test(message),
  'Link ready': ({ message }) => /[Ll]inkready/.test(message),
  'Meter readings': ({ message }) => /^meter/.test(message),
  'Cars (VIN and plug)': ({ message }) => /^(vin|plug)/.test(message),
  'Not understood': ({ type }) => type !== 'frame',
};

export function createBus(stream: () => Stream): BusView {
  const section = part('bus');
  const start = h('button', { type: 'button', class: 'small' }, 'Show the bus log');
  const charger = h('select', { 'aria-label': 'Charger' }, h('option', { value: '' }, 'All chargers'));
  const kind = h('select', { 'aria-label': 'Message' }, ...Object.keys(kinds).map((name) => h('option', {}, name)));
  const search = h('input', { type: 'search', placeholder: 'Search', 'aria-label': 'Search in the bus log' });
  const bytes = h('input', { type: 'checkbox', checked: '' });
  const showBytes = h('label', { class: 'check' }, bytes, 'Bytes');
  const tools = h('div', { class: 'filters' }, charger, kind, search, showBytes);
  const rows = h('ol', { class: 'lines', 'aria-labelledby': 'bus-title', tabindex: '0' });
  const hint = h('p', { class: 'hint' }, 'Every frame on the bus, in words and as bytes. Nothing is stored.');
  for (const element of [tools, rows]) element.hidden = true;
  section.replaceChildren(h('div', { class: 'line' }, heading(section), start), hint, tools, rows);
  let watching = false;
  let kept: Kept[] = [];

  function isWanted({ line }: Kept): boolean {
    const words = search.value.trim().toLowerCase();
    return (
      (charger.value === '' || line.units.includes(charger.value)) &&
      (kinds[kind.value]?.(line) ?? true) &&
      (words === '' || `${line.text} ${line.bytes}`.toLowerCase().includes(words))
    );
  }

  function showAll(): void {
    rows.replaceChildren(...kept.filter(isWanted).slice(-MOST_SHOWN).reverse().map(row));
  }

  start.addEventListener('click', () => {
    watching = !watching;
    setText(start, watching ? 'Pause' : 'Continue');
    for (const element of [tools, rows]) element.hidden = false;
    stream().wantBus(watching);
  });
  for (const control of [charger, kind]) control.addEventListener('change', showAll);
  search.addEventListener('input', showAll);
  bytes.addEventListener('change', () => rows.classList.toggle('without-bytes', !bytes.checked));

  return {
    show(lines) {
      if (!watching) return;
      const at = new Date().toLocaleTimeString([], { hour12: false });
      const fresh = lines.map((line) => ({ line, at }));
      kept = [...kept, ...fresh].slice(-MOST_KEPT);
      rows.prepend(...fresh.filter(isWanted).slice(-MOST_SHOWN).reverse().map(row));
      while (rows.childElementCount > MOST_SHOWN) rows.lastElementChild?.remove();
    },
    offer(ids) {
      for (const id of ids) {
        const isNew = [...charger.options].every(({ value }) => value !== id);
        if (isNew) charger.append(h('option', { value: id }, id));
      }
    },
  };
}

function row({ line: { direction, type, text, bytes }, at }: Kept): HTMLElement {
  return h(
    'li',
    { 'data-direction': direction, 'data-type': type },
    h('span', { class: 'at' }, at),
    h('span', { class: 'direction' }, direction),
    h('span', { class: 'text' }, text),
    h('code', {}, bytes),
  );
}
