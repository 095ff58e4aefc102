// npm run fuzz [-- --bytes 10000000 --seed 1 --only slip]: every row of test/fuzz/fuzz.ts with so many bytes of chance.
// The seed is printed first; with the same seed and the same number of bytes the same happens again.

import { parseArgs } from 'node:util';
import { fuzzes, heapBound } from '../test/fuzz/fuzz.ts';
import { heapInUse } from '../test/fuzz/heap.ts';
import { randomness } from '../test/randomness.ts';

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string', default: '' },
  },
});
const [bytes, seed] = [Number(values.bytes), Number(values.seed)];

console.log(`${bytes} bytes for each, --seed ${seed}`);
for (const [name, fuzz] of Object.entries(fuzzes)) {
  if (!name.includes(values.only)) continue;
  fuzz(randomness(seed), Math.min(bytes, 10_000));
  const heapBefore = heapInUse();
  const from = performance.now();
  const outcome = fuzz(randomness(seed), bytes);
  const seconds = ((performance.now() - from) / 1_000).toFixed(1);
  const growth = heapInUse() - heapBefore;
  const counts = Object.entries(outcome.seen)
    .map(([what, times]) => `${times} ${what}`)
    .join(', ');
  console.log(`${name}: ${seconds} s, heap ${(growth / 1e6).toFixed(2)} MB more; ${counts}`);
  if (growth > heapBound) throw new Error(`${name}: expected at most ${heapBound} bytes more, got ${growth}`);
}
console.log('all holds');
