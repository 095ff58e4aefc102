// Sums of charging sessions per month, charger and car. No element is made here.

import type { SessionTotal } from '../wire.ts';
import { sum } from './model.ts';

export type Grouping = 'month' | 'charger' | 'vin';
export type SessionFilter = Readonly<Record<Grouping, string | undefined>>;

interface Total {
  readonly key: string;
  readonly count: number;
  readonly seconds: number;
  readonly kWh: number;
}

/** The selected sessions, a sum for each month, charger or car, in the order of the totals. */
export function totalsBy(totals: readonly SessionTotal[], filter: SessionFilter, by: Grouping): Total[] {
  const selected = totals.filter((one) => isSelected(one, filter));
  const keys = [...new Set(selected.map((one) => one[by]))];
  return keys.map((key) =>
    total(
      key,
      selected.filter((one) => one[by] === key),
    ),
  );
}

/** The sum of all selected sessions. */
export function totalsOf(totals: readonly SessionTotal[], filter: SessionFilter): Total {
  return total(
    '',
    totals.filter((one) => isSelected(one, filter)),
  );
}

/** What can be selected. */
export function choices(totals: readonly SessionTotal[]) {
  return {
    months: [...new Set(totals.map(({ month }) => month))],
    chargers: [...new Set(totals.map(({ charger }) => charger))].sort(),
    vins: [...new Set(totals.map(({ vin }) => vin))].sort(),
  };
}

function total(key: string, ones: readonly SessionTotal[]): Total {
  return {
    key,
    count: sum(ones.map(({ count }) => count)),
    seconds: sum(ones.map(({ seconds }) => seconds)),
    kWh: sum(ones.map(({ kWh }) => kWh)),
  };
}

function isSelected(one: SessionTotal, filter: SessionFilter): boolean {
  return (['month', 'charger', 'vin'] as const).every(
    (name) => filter[name] === undefined || filter[name] === one[name],
  );
}
