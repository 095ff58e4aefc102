// What is kept open for ever: opened, waited for, opened again.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/io/deferred.ts';
import { Explanation, keepOpen, type Open, pause, Refusal } from '../../src/io/retry.ts';

describe('the pause before the next try', () => {
  test.each([
    [0, 250],
    [10_000, 250],
    [60_000, 1_500],
    [200_000, 5_000],
    [86_400_000, 5_000],
  ])('after %i ms away is about %i ms', (away, about) => {
    expect(pause(away, 0)).toBeCloseTo(0.9 * about);
    expect(pause(away, 0.5)).toBeCloseTo(about);
    expect(pause(away, 1)).toBeCloseTo(1.1 * about);
  });

  test('grows with the time away, and a return after a minute is seen within 2 s', () => {
    const ms = fc.nat({ max: 1_000_000 });
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(ms, ms, chance, (a, b, random) => {
        expect(pause(Math.min(a, b), random)).toBeLessThanOrEqual(pause(Math.max(a, b), random));
        expect(pause(a, random)).toBeLessThanOrEqual(5_500);
      }),
    );
    expect(pause(60_000, 1)).toBeLessThan(2_000);
  });
});

describe('keeping open', () => {
  test('opens again what is gone, never two at once, and closes what is open at the end', async () => {
    const told: string[] = [];
    const ending = new AbortController();
    let open = 0;
    let most = 0;
    let opened = 0;
    await keepOpen<Open>({
      async open() {
        open++;
        opened++;
        most = Math.max(most, open);
        const last = opened === 3;
        const closed = deferred<string>();
        setTimeout(() => {
          if (last) return ending.abort();
          open--;
          closed.resolve('unplugged');
        }, 5);
        return { closed: closed.promise, close: async () => void open-- };
      },
      up: () => void told.push('up'),
      down: (reason) => void told.push(reason),
      signal: ending.signal,
    });
    expect(told).toEqual(['up', 'unplugged', 'up', 'unplugged', 'up']);
    expect([open, most, opened]).toEqual([0, 1, 3]);
  });

  test('says a reason once while it stays the same, and a new one when it changes', async () => {
    const told: string[] = [];
    const reasons = ['no device', 'no device', 'busy', 'no device'];
    const ending = new AbortController();
    await keepOpen<Open>({
      async open() {
        const reason = reasons.shift();
        if (reasons.length === 0) ending.abort();
        throw new Error(reason);
      },
      up: () => void told.push('up'),
      down: (reason) => void told.push(reason),
      signal: ending.signal,
    });
    expect(told).toEqual(['no device', 'busy']);
  });

  test('closes what was opened too late, and tells nobody', async () => {
    const ending = new AbortController();
    const told: string[] = [];
    let closed = 0;
    await keepOpen<Open>({
      async open() {
        ending.abort();
        return { closed: deferred<string>().promise, close: async () => void closed++ };
      },
      up: () => void told.push('up'),
      down: (reason) => void told.push(reason),
      signal: ending.signal,
    });
    expect([closed, told]).toEqual([1, []]);
  });

  test('does not knock again soon where it was refused, and ends at once all the same', async () => {
    const ending = new AbortController();
    let tries = 0;
    const done = keepOpen<Open>({
      async open() {
        tries++;
        throw new Refusal('wrong password');
      },
      up: () => {},
      down: () => void setTimeout(() => ending.abort(), 600),
      signal: ending.signal,
    });
    await done;
    expect(tries).toBe(1);
  });

  test('tells an explanation right after a loss too, where another failure is no news', async () => {
    const after = async (failure: Error): Promise<string[]> => {
      const told: string[] = [];
      const ending = new AbortController();
      let tries = 0;
      await keepOpen<Open>({
        async open() {
          tries++;
          if (tries > 1) throw failure;
          return { closed: Promise.resolve('gone'), close: async () => {} };
        },
        up: () => void setTimeout(() => ending.abort(), 500),
        down: (reason) => void told.push(reason),
        signal: ending.signal,
      });
      return told;
    };
    expect(await after(new Error('not there'))).toEqual(['gone']);
    expect(await after(new Explanation('nobody home'))).toEqual(['gone', 'nobody home']);
    expect(await after(new Refusal('wrong password'))).toEqual(['gone', 'wrong password']);
  });

  test('waits as long as it was told to', async () => {
    const ending = new AbortController();
    let tries = 0;
    setTimeout(() => ending.abort(), 700);
    await keepOpen<Open>({
      async open() {
        tries++;
        throw tries === 1 ? new Refusal('no') : new Error('no');
      },
      up: () => {},
      down: () => {},
      signal: ending.signal,
      soonest: 500,
      afterRefusal: 100,
    });
    expect(tries).toBe(3);
  });

  test('cuts the pause short when something stirs, however long it has been away, and tries soon again', async () => {
    const ending = new AbortController();
    const stir = deferred<void>();
    let lookouts = 0;
    let tries = 0;
    await keepOpen<Open>({
      async open() {
        tries++;
        if (tries === 1) setTimeout(stir.resolve, 20);
        if (tries === 2) ending.abort();
        throw new Error('not there');
      },
      retrySignal(signal) {
        lookouts++;
        signal.addEventListener('abort', () => lookouts--);
        return stir.promise;
      },
      up: () => {},
      down: () => {},
      signal: ending.signal,
      // Only the stir ends it in the time of a test.
      soonest: 600_000,
    });
    expect([tries, lookouts]).toEqual([2, 0]);
  });

  test('does not look out for what is open', async () => {
    const ending = new AbortController();
    const looking: AbortSignal[] = [];
    await keepOpen<Open>({
      open: async () => ({ closed: deferred<string>().promise, close: async () => {} }),
      retrySignal(signal) {
        looking.push(signal);
        return deferred<void>().promise;
      },
      up: () => ending.abort(),
      down: () => {},
      signal: ending.signal,
    });
    expect(looking.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('knocks less often where it is thrown out at once again and again', async () => {
    const ending = new AbortController();
    const opened: number[] = [];
    await keepOpen<Open>({
      async open() {
        opened.push(performance.now());
        if (opened.length === 6) ending.abort();
        return { closed: Promise.resolve('thrown out'), close: async () => {} };
      },
      up: () => {},
      down: () => {},
      signal: ending.signal,
    });
    const pauses = opened.slice(1).map((at, i) => at - (opened[i] ?? at));
    expect(pauses[4]).toBeGreaterThan(850);
  });

  test('tells a loss that repeats itself once, until it has worked again', async () => {
    const told: string[] = [];
    const ending = new AbortController();
    let tries = 0;
    await keepOpen<Open>({
      async open() {
        tries++;
        if (tries === 6) ending.abort();
        const [works, closed] = [deferred<void>(), deferred<string>()];
        if (tries === 4) works.resolve();
        setTimeout(() => closed.resolve('silent'), 5);
        return { closed: closed.promise, acknowledged: works.promise, close: async () => {} };
      },
      up: () => void told.push('up'),
      down: (_, isNews) => void told.push(isNews ? 'told' : 'not told'),
      signal: ending.signal,
    });
    expect(told).toEqual(['up', 'told', 'up', 'not told', 'up', 'not told', 'up', 'told', 'up', 'not told']);
  });
});
