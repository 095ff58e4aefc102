// Messages of the broker are taken at a pace that leaves time for the chargers.

import { expect, test } from 'vitest';
import { createPace } from '../../src/io/pace.ts';

test('a few are taken at once, a flood at a pace, and a few at once again after a rest', async () => {
  let time = 0;
  const pace = createPace(() => time);
  let taken = 0;
  const offer = (messages: number) => {
    for (let i = 0; i < messages; i++) pace.next(() => taken++);
  };
  offer(1_000);
  expect(taken).toBe(200);
  await expect.poll(() => taken).toBe(1_000);
  time += 100_000;
  offer(200);
  expect(taken).toBe(1_200);
});
