// The same as `npm run fuzz`, shorter and with a seed that stays.

import { expect, test } from 'vitest';
import { randomness } from '../randomness.ts';
import { fuzzes, heapBound } from './fuzz.ts';
import { heapInUse } from './heap.ts';

const SEED = 20_250_101;
const BYTES = 60_000;

test.each(Object.entries(fuzzes))('%s: holds whatever comes, and keeps nothing of it', (_, fuzz) => {
  fuzz(randomness(SEED), BYTES / 4);
  const before = heapInUse();
  const outcome = fuzz(randomness(SEED + 1), BYTES);
  expect(heapInUse() - before).toBeLessThan(heapBound);
  for (const [what, times] of Object.entries(outcome.seen)) expect(times, what).toBeGreaterThan(0);
});
