// The sums of charging sessions per month, charger or car, folded away.

import type { Facts, SessionTotal } from '../wire.ts';
import { createChoice } from './choice.ts';
import { h, setChildren, setText } from './dom.ts';
import { formatCost, formatDuration, formatEnergy, formatMonth } from './format.ts';
import { type Grouping, type SessionFilter, totalsBy } from './session-totals.ts';

export interface TotalsTable {
  readonly element: HTMLElement;
  show(totals: readonly SessionTotal[], filter: SessionFilter): void;
}

const groupings: Readonly<Record<Grouping, string>> = { month: 'Month', charger: 'Charger', vin: 'Car' };

export function createTotalsTable(facts: Facts): TotalsTable {
  const grouping = createChoice('Totals per');
  const body = h('tbody');
  const first = h('th', { scope: 'col' }, groupings.month);
  const names = ['Sessions', 'Time', 'Energy', ...(facts.price ? ['Cost'] : [])];
  let shown: readonly [readonly SessionTotal[], SessionFilter] | undefined;
  grouping.offer(Object.entries(groupings), undefined);

  function render(): void {
    if (!shown) return;
    // The options are the keys of the table of groupings.
    const by = (grouping.value ?? 'month') as Grouping;
    const lines = totalsBy(...shown, by).map(({ key, count, seconds, kWh }) => [
      groupName(by, key, facts),
      String(count),
      formatDuration(seconds),
      formatEnergy(kWh),
      ...(facts.price ? [formatCost(kWh, facts.price)] : []),
    ]);
    setText(first, groupings[by]);
    setChildren(body, lines, () => lines.map((cells) => h('tr', {}, ...cells.map((text) => h('td', {}, text)))));
  }

  grouping.changed(render);
  return {
    element: h(
      'details',
      { class: 'totals' },
      h('summary', {}, 'Totals'),
      grouping.element,
      table('totals-table', names, body, first),
    ),
    show(totals, filter) {
      shown = [totals, filter];
      render();
    },
  };
}

function groupName(by: Grouping, key: string, facts: Facts): string {
  if (by === 'month') return formatMonth(key);
  return by === 'charger' ? chargerName(key, facts) : carName(key, facts);
}

export function chargerName(id: string, { chargers }: Facts): string {
  return chargers[id]?.name ?? id;
}

export function carName(vin: string, { vehicles }: Facts): string {
  return vehicles[vin] ?? (vin || 'Unknown car');
}

export function table(
  name: string,
  columns: readonly string[],
  body: HTMLElement,
  ...first: HTMLElement[]
): HTMLElement {
  const head = h(
    'tr',
    {},
    ...first,
    ...columns.map((column) => h('th', { scope: 'col', 'data-column': column }, column)),
  );
  return h('table', { class: name }, h('thead', {}, head), body);
}
