// What was opened is closed in reverse.

import { expect, test } from 'vitest';
import { createClosers } from '../../src/io/closers.ts';

test('the last that was opened is closed first, and an error keeps nothing open', async () => {
  const order: string[] = [];
  const closers = createClosers();
  closers.add(() => void order.push('link'));
  closers.add(async () => {
    order.push('broker');
    throw new Error('already gone');
  });
  closers.add(() => void order.push('page'));
  await expect(closers[Symbol.asyncDispose]()).rejects.toThrow('already gone');
  expect(order).toEqual(['page', 'broker', 'link']);
});
