// The sessions of the past are read by one reader at a time, and only when there may be something new.

import { expect, test } from 'vitest';
import { BusyError, SessionHistory } from '../../src/page/session-history.ts';
import type { SessionRecord } from '../../src/session/record.ts';

function setup() {
  const counts = { reads: 0, reading: 0, most: 0 };
  const clock = { now: 0, broken: false };
  async function* read(): AsyncGenerator<readonly SessionRecord[]> {
    counts.reads++;
    counts.most = Math.max(counts.most, ++counts.reading);
    await new Promise((resolve) => setImmediate(resolve));
    counts.reading--;
    if (clock.broken) throw new Error('the disk is gone');
    yield [];
  }
  return { counts, clock, history: new SessionHistory(read, () => clock.now) };
}

test('the same question at the same time is read once', async () => {
  const { history, counts } = setup();
  await Promise.all(Array.from({ length: 30 }, () => history.select({})));
  await Promise.all(Array.from({ length: 30 }, () => history.csv()));
  expect(counts.reads).toBe(2);
});

test('different questions are read one after the other, and those beyond a bound are refused', async () => {
  const { history, counts } = setup();
  const months = Array.from({ length: 12 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`);
  const all = await Promise.allSettled(months.map((month) => history.select({ month })));
  const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(refused).toHaveLength(4);
  for (const error of refused) expect(error).toBeInstanceOf(BusyError);
  expect([counts.reads, counts.most]).toEqual([8, 1]);
});

test('what was read is kept until a session ends or a minute has passed', async () => {
  const { history, counts, clock } = setup();
  await history.select({});
  await history.select({});
  expect(counts.reads).toBe(1);
  history.changed();
  await history.select({});
  expect(counts.reads).toBe(2);
  clock.now += 60_000;
  await history.select({});
  expect(counts.reads).toBe(3);
});

test('a failure is not kept', async () => {
  const { history, clock } = setup();
  clock.broken = true;
  await expect(history.select({})).rejects.toThrow('the disk is gone');
  await expect(history.csv()).rejects.toThrow('the disk is gone');
  clock.broken = false;
  expect(await history.select({})).toEqual({ newest: [], count: 0, totals: [] });
});
