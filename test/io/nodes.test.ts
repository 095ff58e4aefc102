// The nodes of a cluster: which one is used, and when another.

import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/io/deferred.ts';
import { createNodes } from '../../src/io/nodes.ts';
import { Refusal } from '../../src/io/retry.ts';

const never = new AbortController().signal;
const urls = ['mqtt://a', 'mqtt://b', 'mqtt://c'];

test('the first that can be opened is used, and after it the next, without going back', async () => {
  const nodes = createNodes();
  const tried: string[] = [];
  let down = new Set(['mqtt://a']);
  const open = async () => {
    const gone = deferred<string>();
    const { url } = await nodes.open(
      urls,
      async ({ url }) => {
        tried.push(url);
        if (down.has(url)) throw new Error(`${url}: refuses`);
        return { url, closed: gone.promise };
      },
      never,
    );
    return { url, lose: async () => void gone.resolve('lost') };
  };
  const first = await open();
  expect(first.url).toBe('mqtt://b');
  down = new Set(['mqtt://b']);
  await first.lose();
  await gone();
  const second = await open();
  expect(second.url).toBe('mqtt://c');
  down = new Set();
  await second.lose();
  await gone();
  expect((await open()).url).toBe('mqtt://a');
  expect(tried).toEqual(['mqtt://a', 'mqtt://b', 'mqtt://c', 'mqtt://a']);
});

test('when none can be opened all reasons are told, and a refused password is one', async () => {
  const nodes = createNodes();
  const reasons = [new Error('a: off'), new Refusal('b: wrong password'), new Error('c: off')];
  const opening = nodes.open(urls, () => Promise.reject(reasons.shift()), never);
  await expect(opening).rejects.toThrow('a: off; b: wrong password; c: off');
  await expect(opening).rejects.toBeInstanceOf(Refusal);
});

describe('one that does not answer is left soon where there are others', () => {
  const createWorld = () => {
    let now = 0;
    const nodes = createNodes(() => now);
    /** How long each of the list was given; each fails after a part of that. */
    return async (list: readonly string[], part = 1) => {
      const given: number[] = [];
      const fail = async ({ connectWithin }: { connectWithin: number }) => {
        given.push(connectWithin);
        now += part * connectWithin;
        throw new Error('silent');
      };
      await nodes.open(list, fail, never).catch(() => {});
      return given;
    };
  };

  test('and later when none has answered', async () => {
    const patience = createWorld();
    expect(await patience(urls)).toEqual([1_000, 1_000, 1_000]);
    expect(await patience(urls)).toEqual([2_000, 2_000, 2_000]);
    expect(await patience(['mqtt://alone'])).toEqual([10_000]);
    // Many that come at once may have to wait for longer than a single one ever would.
    for (let round = 0; round < 5; round++) await patience(urls);
    expect(await patience(urls)).toEqual([60_000, 60_000, 60_000]);
  });

  test('but not later when all have refused at once', async () => {
    const patience = createWorld();
    for (let round = 0; round < 5; round++) await patience(urls, 0.01);
    expect(await patience(urls)).toEqual([1_000, 1_000, 1_000]);
  });
});

function gone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('each node but the first knows us by a client id of its own', async () => {
  const nodes = createNodes();
  const suffixes: string[] = [];
  const open = ({ clientSuffix }: { clientSuffix: string }) => {
    suffixes.push(clientSuffix);
    return Promise.reject(new Error('off'));
  };
  await nodes.open(urls, open, never).catch(() => {});
  await nodes.open(urls, open, never).catch(() => {});
  expect(suffixes).toEqual(['', '-2', '-3', '', '-2', '-3']);
});
