// Answers that are awaited, from somebody who may have stopped to give any.

import { expect, test } from 'vitest';
import { createAcks } from '../../src/io/acks.ts';
import { deferred } from '../../src/io/deferred.ts';

const rest = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('what came is told, with the problem if there is one', () => {
  const told: (string | undefined)[] = [];
  const answers = createAcks(60_000, () => {});
  const [good, bad, refused] = [1, 2, 3].map(() => answers.awaited((problem) => void told.push(problem)));
  good?.();
  bad?.(Object.assign(new Error('Not authorized'), { code: 135 }));
  refused?.(Object.assign(new Error('Subscribe error'), { packet: { cmd: 'suback' } }));
  answers.stop();
  expect(told).toEqual([undefined, 'Not authorized', 'Subscribe error']);
});

test('what never comes is noticed', async () => {
  const late = deferred<void>();
  const answers = createAcks(20, late.resolve);
  answers.awaited(() => {});
  await late.promise;
});

test('what stays away after other answers came is noticed', async () => {
  const late = deferred<void>();
  const answers = createAcks(20, late.resolve);
  const first = answers.awaited(() => {});
  answers.awaited(() => {});
  first();
  await late.promise;
});

test('nothing is missed when all came, nor after the end, when nothing is told either', async () => {
  const told: string[] = [];
  const answers = createAcks(10, () => void told.push('late'));
  answers.awaited(() => void told.push('came'))();
  const second = answers.awaited(() => void told.push('came too late'));
  answers.stop();
  second();
  await rest(50);
  expect(told).toEqual(['came']);
});

test('an end of the connection is no answer of the broker', () => {
  const told: unknown[] = [];
  const answers = createAcks(60_000, () => {});
  answers.awaited((problem) => void told.push(problem))(new Error('Connection closed'));
  answers.stop();
  expect(told).toEqual([]);
});
