// The charging sessions of the past, newest first, and all of them as a table to keep.

import type { Sessions } from '../wire.ts';
import { h, part, put } from './dom.ts';
import { lasting } from './picture.ts';

export interface SessionsView {
  /** Something may be new. */
  refresh(): void;
}

const columns = ['Began', 'Charger', 'Took', 'Energy', 'At most', 'Car'] as const;

export function createSessions(): SessionsView {
  const body = h('tbody');
  const table = h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...columns.map((name) => h('th', { scope: 'col' }, name)))),
    body,
  );
  const hint = h('p', { class: 'hint' });
  const keep = h('a', { class: 'plain', href: 'api/sessions.csv', download: '' }, 'Download CSV');
  const title = part('sessions').querySelector('h2') ?? '';
  part('sessions').replaceChildren(h('div', { class: 'line' }, title, keep), table, hint);

  async function load(): Promise<void> {
    const answer = await fetch('api/sessions').catch(() => undefined);
    if (!answer?.ok) return;
    // The server of this page sends what is declared.
    const { newest, count } = (await answer.json()) as Sessions;
    body.replaceChildren(...newest.map(row));
    for (const element of [table, keep]) element.hidden = count === 0;
    put(
      hint,
      count === 0 ? 'None is over yet.' : newest.length < count ? `The newest ${newest.length} of ${count}.` : '',
    );
  }

  return { refresh: () => void load() };
}

function row({ start, charger, seconds, kWh, energyFrom, peakAmps, vin }: Sessions['newest'][number]): HTMLElement {
  const about = energyFrom === 'meter' ? '' : 'about ';
  const cells = [
    // The time of day where the chargers are.
    start.slice(0, 16).replace('T', ' '),
    charger,
    lasting(seconds * 1_000),
    energyFrom === 'none' ? 'not known' : `${about}${kWh.toFixed(2)} kWh`,
    `${peakAmps.toFixed(1)} A`,
    vin || 'not known',
  ];
  return h('tr', {}, ...cells.map((text, i) => h('td', { 'data-name': columns[i] ?? '' }, text)));
}
