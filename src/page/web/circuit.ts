// The circuit: how much each charger takes, how much more is reserved for it, and what is left.

import { chargeNowRange } from '../../control/limits.ts';
import type { Facts } from '../wire.ts';
import { ChargeNow, describeChargeNow } from './charge-now.ts';
import { AmpsControl } from './controls.ts';
import { h, heading, keep, part, setText, summary } from './dom.ts';
import { formatAmps, formatPower, percent } from './format.ts';
import type { ChargerView, CircuitView } from './model.ts';
import { commandTopics } from './topics.ts';

export interface CircuitCard {
  show(circuit: CircuitView, chargers: readonly ChargerView[], able: boolean, lease: string | undefined): void;
}

export function createCircuit({ limits }: Pick<Facts, 'limits'>): CircuitCard {
  const section = part('circuit');
  const amps = h('span', { class: 'number big' });
  const of = h('span', { class: 'of' });
  const watts = h('span', { class: 'number watts' });
  const beyond = h('div', { class: 'beyond' });
  const bar = h('div', { class: 'bar', 'aria-hidden': 'true' }, beyond);
  const rows = new Map<string, ReturnType<typeof createRow>>();
  const lease = h('p', { class: 'hint' });
  let shown: CircuitView | undefined;
  const limit = new AmpsControl({
    label: 'Circuit limit',
    of: 'Circuit',
    topic: commandTopics.circuit,
    range: () => shown?.range ?? { min: 0, max: 0 },
  });
  const least = h('p', { class: 'hint' }, `Less than ${limits.minAmpsPerTWC} A is enough for no car.`);
  const chargeNow = new ChargeNow(chargeNowRange(limits));
  const override = h('p', { class: 'off' });
  const free = h('span', { class: 'number' });
  const freeItem = h('li', {}, h('span', { class: 'dot free', 'aria-hidden': 'true' }), h('span', {}, 'Free'), free);
  const legend = h('ul', { class: 'legend' }, freeItem);
  section.replaceChildren(
    h('div', { class: 'line' }, heading(section), watts),
    h('p', { class: 'total' }, amps, ' ', of),
    bar,
    legend,
    override,
    h(
      'details',
      { class: 'controls' },
      summary('Change the limit', 'of the circuit'),
      h('div', { class: 'inside' }, limit.element, least, lease),
    ),
    h(
      'details',
      { class: 'controls' },
      summary('Charge now', 'with all chargers'),
      h('div', { class: 'inside' }, chargeNow.element),
    ),
  );

  return {
    show(circuit, chargers, able, leaseSeconds) {
      shown = circuit;
      setText(amps, circuit.amps === undefined ? '– A' : formatAmps(circuit.amps));
      setText(of, circuit.limit === undefined ? '' : `of ${circuit.limit} A`);
      setText(watts, describePower(circuit));
      bar.style.setProperty('--limit', `${percent(circuit.limit ?? circuit.scale, circuit.scale)}%`);
      const ids = chargers.map(({ id }) => id);
      if (keep(rows, ids, createRow)) {
        const inOrder = ids.flatMap((id) => rows.get(id) ?? []);
        bar.replaceChildren(...inOrder.flatMap(({ segments }) => segments), beyond);
        legend.replaceChildren(...inOrder.map(({ item }) => item), freeItem);
      }
      for (const [place, charger] of chargers.entries()) rows.get(charger.id)?.show(charger, place, circuit.scale);
      freeItem.hidden = circuit.amps === undefined;
      setText(free, formatAmps(circuit.free));
      const { until } = circuit.chargeNow;
      limit.show(circuit.limit === undefined ? undefined : String(circuit.limit), able && until === undefined);
      chargeNow.show(circuit.chargeNow, able);
      setText(override, describeChargeNow(until));
      setText(lease, leaseSeconds ? `Limits that were set end in ${leaseSeconds} s unless they are set again.` : '');
    },
  };
}

/** `10.5 kW + 1 unmetered` */
function describePower({ watts, unmetered }: Pick<CircuitView, 'watts' | 'unmetered'>): string {
  const known = watts === undefined ? [] : [formatPower(watts)];
  return [...known, ...(unmetered > 0 ? [`${unmetered} unmetered`] : [])].join(' + ');
}

/** A charger in the bar and in the list below it. */
function createRow(id: string) {
  const drawn = h('div', { class: 'segment drawn' });
  const reserved = h('div', { class: 'segment reserved' });
  const name = h('span', {}, id);
  const text = h('span', { class: 'number' });
  const item = h('li', {}, h('span', { class: 'dot', 'aria-hidden': 'true' }), name, text);
  return {
    segments: [drawn, reserved],
    item,
    show(charger: ChargerView, place: number, scale: number) {
      const amps = charger.amps ?? 0;
      const more = charger.reserved > amps ? ` of ${charger.reserved} A` : '';
      setText(name, charger.name);
      setText(text, charger.online ? `${formatAmps(amps)}${more}` : 'not heard');
      drawn.style.width = `${percent(amps, scale)}%`;
      reserved.style.width = `${percent(Math.max(0, charger.reserved - amps), scale)}%`;
      for (const element of [drawn, reserved, item]) element.dataset.place = String(place % 4);
    },
  };
}
