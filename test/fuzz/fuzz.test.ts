// The same as `npm run fuzz`, shorter and with a seed that stays.

import { setImmediate as finished } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Random, randomness } from '../randomness.ts';
import { fuzzes, heapBound } from './fuzz.ts';
import { heapInUse } from './heap.ts';

const SEED = 20_250_101;
const BYTES = 60_000;
/** What is kept grows with every run; what the machine has not yet cleared away, or compiles just then, does not. */
const RUNS = 4;

type Fuzz = (random: Random, bytes: number) => { readonly seen: Readonly<Record<string, number>> };

test.each(Object.entries<Fuzz>(fuzzes))('%s: holds whatever comes, and keeps nothing of it', async (_, fuzz) => {
  fuzz(randomness(SEED), BYTES / 4);
  const grown: number[] = [];
  for (let run = 1; run <= RUNS && (grown.at(-1) ?? heapBound) >= heapBound; run++) {
    await finished();
    const before = heapInUse();
    const outcome = fuzz(randomness(SEED + run), BYTES);
    await finished();
    grown.push(heapInUse() - before);
    for (const [what, times] of Object.entries(outcome.seen)) expect(times, what).toBeGreaterThan(0);
  }
  expect(Math.min(...grown)).toBeLessThan(heapBound);
});
