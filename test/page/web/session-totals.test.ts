// Sums of sessions per month, charger and car.

import { expect, test } from 'vitest';
import { choices, totalsBy, totalsOf } from '../../../src/page/web/session-totals.ts';

const one = { month: '2026-06', charger: '1A2B', vin: 'RED', count: 2, seconds: 7_200, kWh: 20 };
const totals = [one, { ...one, charger: '3C4D', vin: '' }, { ...one, month: '2026-05', count: 1, kWh: 5 }];
const all = { month: undefined, charger: undefined, vin: undefined };

test('what can be chosen is what there is', () => {
  expect(choices(totals)).toEqual({ months: ['2026-06', '2026-05'], chargers: ['1A2B', '3C4D'], vins: ['', 'RED'] });
});

test.each([
  ['month', ['2026-06 4 40', '2026-05 1 5']],
  ['charger', ['1A2B 3 25', '3C4D 2 20']],
  ['vin', ['RED 3 25', ' 2 20']],
] as const)('per %s', (by, sums) => {
  expect(totalsBy(totals, all, by).map(({ key, count, kWh }) => `${key} ${count} ${kWh}`)).toEqual(sums);
});

test('the selected ones only', () => {
  expect(totalsOf(totals, { ...all, charger: '1A2B' })).toMatchObject({ count: 3, seconds: 14_400, kWh: 25 });
  expect(totalsBy(totals, { ...all, vin: '' }, 'month')).toMatchObject([{ key: '2026-06', count: 2 }]);
});
