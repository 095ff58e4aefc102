// The circuit: who takes how much, who holds more than that, and what is left.

import type { Facts } from '../wire.ts';
import { ampsControl } from './controls.ts';
import { h, keep, part, put } from './dom.ts';
import { amperes, type ChargerView, type CircuitView, power } from './model.ts';

export interface CircuitCard {
  show(circuit: CircuitView, chargers: readonly ChargerView[], able: boolean, lease: string | undefined): void;
}

export function createCircuit({ limits }: Pick<Facts, 'limits'>): CircuitCard {
  const drawn = h('span', { class: 'number big' });
  const of = h('span', { class: 'of' });
  const watts = h('span', { class: 'number watts' });
  const beyond = h('div', { class: 'beyond' });
  const bar = h('div', { class: 'bar', 'aria-hidden': 'true' }, beyond);
  const rows = new Map<string, ReturnType<typeof createRow>>();
  const falling = h('p', { class: 'hint' });
  const limit = ampsControl({
    label: 'Circuit limit',
    of: 'Circuit',
    topic: 'control/maxAmps',
    range: () => ({ min: limits.minAmpsPerTWC, max: limits.maxAmpsForSlaves }),
  });
  const free = h('span', { class: 'number' });
  const freeItem = h('li', {}, h('span', { class: 'dot free', 'aria-hidden': 'true' }), h('span', {}, 'Free'), free);
  const legend = h('ul', { class: 'legend' }, freeItem);
  const title = part('circuit').querySelector('h2') ?? '';
  part('circuit').replaceChildren(
    h('div', {}, h('div', { class: 'line' }, title, watts), h('p', { class: 'total' }, drawn, ' ', of), bar, legend),
    h('div', { class: 'controls' }, limit.element, falling),
  );

  return {
    show(circuit, chargers, able, lease) {
      put(drawn, amperes(circuit.drawn));
      put(of, circuit.limit === undefined ? '' : `of ${circuit.limit} A`);
      put(watts, circuit.watts === undefined ? '' : power(circuit.watts));
      bar.style.setProperty('--limit', `${(100 * (circuit.limit ?? circuit.scale)) / circuit.scale}%`);
      const ids = chargers.map(({ id }) => id);
      if (keep(rows, ids, createRow)) {
        const inOrder = ids.flatMap((id) => rows.get(id) ?? []);
        bar.replaceChildren(...inOrder.flatMap(({ segments }) => segments), beyond);
        legend.replaceChildren(...inOrder.map(({ item }) => item), freeItem);
      }
      for (const [place, charger] of chargers.entries()) rows.get(charger.id)?.show(charger, place, circuit.scale);
      put(free, amperes(circuit.free));
      limit.show(circuit.limit === undefined ? undefined : String(circuit.limit), able);
      put(falling, lease ? `Limits that were set fall back in ${lease} s if nobody renews them.` : '');
    },
  };
}

/** A charger in the bar and in the list below it. */
function createRow(id: string) {
  const drawn = h('div', { class: 'segment drawn' });
  const held = h('div', { class: 'segment held' });
  const text = h('span', { class: 'number' });
  const item = h('li', {}, h('span', { class: 'dot', 'aria-hidden': 'true' }), h('span', {}, id), text);
  return {
    segments: [drawn, held],
    item,
    show(charger: ChargerView, place: number, scale: number) {
      const amps = charger.amps ?? 0;
      const more = charger.held > amps ? `, holds ${charger.held} A` : '';
      put(text, charger.online ? `${amperes(amps)}${more}` : 'offline');
      drawn.style.width = `${(100 * amps) / scale}%`;
      held.style.width = `${(100 * Math.max(0, charger.held - amps)) / scale}%`;
      for (const element of [drawn, held, item]) element.dataset.place = String(place % 4);
    },
  };
}
