// The bus log: every frame in words with its bytes, while somebody looks.

import type { Line } from '../bus-log.ts';
import { h, part, put } from './dom.ts';
import type { Stream } from './stream.ts';

const MOST_LINES = 200;

export interface BusView {
  show(lines: readonly Line[]): void;
}

export function createBus(stream: () => Stream): BusView {
  const start = h('button', { type: 'button', class: 'plain' }, 'Watch the bus');
  const bytes = h('input', { type: 'checkbox', id: 'bus-bytes', checked: '' });
  const rows = h('ol', { class: 'lines', 'aria-label': 'Frames on the bus, newest first', tabindex: '0' });
  rows.hidden = true;
  const hint = h('p', { class: 'hint' }, 'Every frame as it passes, in words and as bytes. Nothing is kept.');
  let watching = false;

  start.addEventListener('click', () => {
    watching = !watching;
    put(start, watching ? 'Pause' : 'Go on');
    rows.hidden = false;
    stream().wantBus(watching);
  });
  bytes.addEventListener('change', () => rows.classList.toggle('without-bytes', !bytes.checked));
  const title = part('bus').querySelector('h2') ?? '';
  part('bus').replaceChildren(
    h('div', { class: 'line' }, title, start),
    hint,
    h('p', { class: 'check' }, bytes, ' ', h('label', { for: 'bus-bytes' }, 'Show bytes')),
    rows,
  );

  return {
    show(lines) {
      if (!watching) return;
      const at = new Date().toLocaleTimeString([], { hour12: false });
      for (const line of lines) rows.prepend(row(line, at));
      while (rows.childElementCount > MOST_LINES) rows.lastElementChild?.remove();
    },
  };
}

function row({ way, kind, text, bytes }: Line, at: string): HTMLElement {
  return h(
    'li',
    { 'data-way': way, 'data-kind': kind },
    h('span', { class: 'at' }, at),
    h('span', { class: 'way' }, way === 'said' ? 'said' : 'heard'),
    h('span', { class: 'text' }, text),
    h('code', {}, bytes),
  );
}
