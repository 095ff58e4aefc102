// Messages of the broker are taken at a pace that leaves time for the chargers.

import { expect, test } from 'vitest';
import { createPace } from '../../src/io/pace.ts';

test('a few are taken at once, a flood at a pace, and a few at once again after a rest', async () => {
  let time = 0;
  const pace = createPace(() => time);
  const taken: number[] = [];
  const take = () => new Promise<void>((resolve) => pace.next(resolve)).then(() => void taken.push(time));
  const from = performance.now();
  for (let i = 0; i < 100; i++) await take();
  expect(performance.now() - from).toBeLessThan(500);
  const paced = performance.now();
  for (let i = 0; i < 10; i++) await take();
  expect(performance.now() - paced).toBeGreaterThan(190);
  time += 100_000;
  const rested = performance.now();
  for (let i = 0; i < 50; i++) await take();
  expect(performance.now() - rested).toBeLessThan(200);
  expect(taken).toHaveLength(160);
});

test('what is due meanwhile has its turn', async () => {
  const pace = createPace();
  let turns = 0;
  const immediate = () => {
    turns++;
    if (turns < 5) setImmediate(immediate);
  };
  setImmediate(immediate);
  for (let i = 0; i < 90; i++) await new Promise<void>((resolve) => pace.next(resolve));
  expect(turns).toBe(5);
});
