// What a broker takes, as it says it or as it shows it.

import { expect, test } from 'vitest';
import { createPacketLimit } from '../../src/io/packet-limit.ts';

test('a broker that says what it takes is believed', () => {
  const limit = createPacketLimit();
  limit.told(undefined);
  expect(limit.most).toBe(Number.POSITIVE_INFINITY);
  limit.told(2_000);
  expect(limit.most).toBe(2_000);
});

test('what was there each time when the connection was closed at once is too large', () => {
  const limit = createPacketLimit();
  for (const others of [[20, 300], [40], []]) limit.closed([...others, 5_000], 200);
  expect(limit.most).toBe(4_999);
});

test('after that the next largest may be too large as well', () => {
  const limit = createPacketLimit();
  for (let i = 0; i < 3; i++) limit.closed([5_000, 3_000], 200);
  for (let i = 0; i < 3; i++) limit.closed([3_000], 200);
  expect(limit.most).toBe(2_999);
});

test('a broker that is restarted again and again, or closes for other reasons, takes everything', () => {
  const limit = createPacketLimit();
  for (const size of [5_000, 4_000, 5_000, 0, 4_000]) limit.closed([size], 200);
  for (let i = 0; i < 5; i++) limit.closed([5_000], 60_000);
  for (let i = 0; i < 5; i++) limit.closed([900], 200);
  expect(limit.most).toBe(Number.POSITIVE_INFINITY);
  for (let i = 0; i < 3; i++) limit.closed([5_000], 200);
  limit.closed([100], 200);
  expect(limit.most).toBe(Number.POSITIVE_INFINITY);
});
