// The numbers of the chart: stacked steps, from samples and what came since the last one.

import { expect, test } from 'vitest';
import { chartData, highest, placeAt, withSample } from '../../../src/page/web/chart-data.ts';

const MINUTE = 60_000;
const until = 1_780_000_000_000;
const columns = {
  limit: [32, 32, 20],
  amps: { '1A2B': [10, 12, 12], '3C4D': [null, 6, 8] },
  every: MINUTE,
  until,
};
const now = { limit: 20, amps: { '1A2B': 9, '3C4D': 8 }, at: until + 5_000 };

test('a charger stands on those before it, and the last step is now', () => {
  const data = chartData(columns, [now], ['1A2B', '3C4D'], 0, 0);
  const before = [3, 2, 1].map((minutes) => (until - minutes * MINUTE) / 1_000);
  expect(data.times).toEqual([...before, now.at / 1_000]);
  expect(data.stacked).toEqual([
    [10, 12, 12, 9],
    [10, 18, 20, 17],
  ]);
  expect(data.limit).toEqual([32, 32, 20, 20]);
  expect(highest(data)).toBe(32);
});

test('the clock is that of the browser', () => {
  const { times } = chartData(columns, [{ ...now, at: now.at + 7_000 }], ['1A2B'], 0, 7_000);
  expect(times.at(-2)).toBe((until + 7_000 - MINUTE) / 1_000);
});

test('only the last hours are in it', () => {
  expect(chartData(columns, [now], ['1A2B'], until - 1.5 * MINUTE, 0).amps).toEqual([[12, 12, 9]]);
  expect(chartData(columns, [now], ['1A2B'], until, 0).amps).toEqual([[9]]);
});

test('a gap begins where the last known minute ends, not where it begins', () => {
  const gap = { ...columns, limit: [32, null, 32], amps: { '1A2B': [10, null, 12] } };
  const { times, stacked } = chartData(gap, [now], ['1A2B'], 0, 0);
  expect(stacked[0]).toEqual([10, 10, null, 12, 9]);
  expect(times[1]).toBeCloseTo((until - 2 * MINUTE) / 1_000, 2);
});

test('a new sample moves the rest on', () => {
  const next = withSample(columns, { limit: 20, amps: { '5E6F': 4 } }, 3);
  expect(next).toEqual({
    limit: [32, 20, 20],
    amps: { '1A2B': [12, 12, null], '3C4D': [6, 8, null], '5E6F': [null, null, 4] },
    every: MINUTE,
    until: until + MINUTE,
  });
});

test.each([
  [0, 0],
  [10, 0],
  [19, 0],
  [20, 1],
  [99, 2],
])('at %i s holds the step %i', (time, place) => {
  expect(placeAt([10, 20, 30], time)).toBe(place);
});
