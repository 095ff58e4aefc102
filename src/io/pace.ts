// How fast messages of the broker are taken: a flood of them waits in the network, not here, and the chargers do not.

export interface Pace {
  /** Calls back when the next message may be taken: at once, or when there were fewer for a while. */
  next(ready: () => void): void;
}

/** So many at once, and so many a second. */
const BURST = 200;
const PER_SECOND = 500;
const BREATH = 20;

export function createPace(now: () => number = () => performance.now()): Pace {
  let free = BURST;
  let at = now();
  return {
    next(ready) {
      const time = now();
      free = Math.min(BURST, free + ((time - at) / 1_000) * PER_SECOND);
      at = time;
      free--;
      if (free >= 0) ready();
      else setTimeout(ready, BREATH);
    },
  };
}
