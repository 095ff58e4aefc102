// One thing after the other.

import { expect, test } from 'vitest';
import { deferred } from '../../src/io/deferred.ts';
import { createQueue } from '../../src/io/queue.ts';

test('a task begins when the one before it has ended, also when that has failed', async () => {
  const queue = createQueue();
  const order: string[] = [];
  const gate = deferred<void>();
  const first = queue.add(async () => {
    order.push('first begins');
    await gate.promise;
    order.push('first ends');
    throw new Error('no');
  });
  const second = queue.add(() => void order.push('second'));
  gate.resolve();
  await expect(first).rejects.toThrow('no');
  await second;
  await queue.settled();
  expect(order).toEqual(['first begins', 'first ends', 'second']);
});
