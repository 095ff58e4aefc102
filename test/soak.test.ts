// The soak's own sums, and a quarter of an hour of its day.

import { expect, test } from 'vitest';
import { day } from '../scripts/soak/day.ts';
import { slope } from '../scripts/soak/slope.ts';

test.each([
  ['what grows by 2 in an hour', [1, 3, 5, 7], 2],
  ['what goes up and down', [1, 3, 3, 1], 0],
  ['what stays', [4, 4, 4, 4], 0],
])('%s has that slope', (_, values, wanted) => {
  expect(slope(values.map((value, at) => ({ at, value })))).toBeCloseTo(wanted);
});

test('the day has frames and publications in it', () => {
  const { frames, published, heapMB } = day(0.25);
  expect(frames).toBeGreaterThan(3 * 15 * 60);
  expect(published).toBeGreaterThan(100);
  expect(heapMB).toBeGreaterThan(0);
});
