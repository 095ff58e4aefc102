// Waiting for what is to happen, with a deadline.

import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY = 10;

/** The first result that is neither undefined nor false; throws with what was expected when it does not come in time. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  expected: string | (() => string),
  within = 30_000,
): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) {
      throw new Error(`not within ${within} ms: ${typeof expected === 'string' ? expected : expected()}`);
    }
    await sleep(LOOK_EVERY);
  }
}

/** Lets time pass while the world is observed: the length of an observation, not a guess of when something is done. */
export async function observe(milliseconds: number): Promise<void> {
  await sleep(milliseconds);
}
