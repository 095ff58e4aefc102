// The loop: what is given to it, what comes out, and when it wakes.

import { expect, test } from 'vitest';
import { deferred } from '../../src/io/deferred.ts';
import { createLoop } from '../../src/io/loop.ts';

const never = Number.POSITIVE_INFINITY;

test('what comes out of a step is performed in its order and given back', () => {
  const performed: string[] = [];
  const loop = createLoop<string, string>({
    stepped: { step: (input) => [`${input} 1`, `${input} 2`], wakeAt: () => never },
    time: 'time',
    perform: (output) => void performed.push(output),
  });
  expect(loop.step('bytes')).toEqual(['bytes 1', 'bytes 2']);
  expect(performed).toEqual(['bytes 1', 'bytes 2']);
});

test('it wakes by itself when that is wanted, not before, and not any more once it is stopped', async () => {
  const woken = deferred<void>();
  const wakes: number[] = [];
  const from = performance.now();
  let wakeAt = from + 30;
  const loop = createLoop<string, string>({
    stepped: {
      step(input, now) {
        if (input === 'time') wakes.push(now);
        wakeAt = wakes.length < 3 ? now + 10 : never;
        if (wakes.length === 3) woken.resolve();
        return [];
      },
      wakeAt: () => wakeAt,
    },
    time: 'time',
    perform: () => {},
  });
  await woken.promise;
  expect(wakes[0]).toBeGreaterThanOrEqual(from + 29);
  wakeAt = performance.now() + 1;
  loop.step('again');
  loop.stop();
  loop.step('ignored');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(wakes).toHaveLength(3);
});

test('an error in a step, or in performing it, is told once and ends the loop', () => {
  for (const at of ['step', 'perform']) {
    const fail = (where: string) => {
      if (where === at) throw new Error(`in ${where}`);
    };
    const errors: unknown[] = [];
    const loop = createLoop<string, string>({
      stepped: {
        step(input) {
          fail('step');
          return [input];
        },
        wakeAt: () => never,
      },
      time: 'time',
      perform: () => fail('perform'),
      failed: (error) => void errors.push(error),
    });
    expect(loop.step('a')).toEqual([]);
    expect(loop.step('b')).toEqual([]);
    expect(errors).toEqual([new Error(`in ${at}`)]);
  }
});

test('a step may be made while another one is performed', () => {
  const performed: number[] = [];
  const loop = createLoop<number, number>({
    stepped: { step: (input) => [input], wakeAt: () => never },
    time: 0,
    perform(output, step) {
      performed.push(output);
      if (output < 3) step(output + 1);
    },
  });
  loop.step(1);
  expect(performed).toEqual([1, 2, 3]);
});
