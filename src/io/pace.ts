// How fast messages of the broker are taken: a flood of them waits in the network, not here, and the chargers do not.

export interface Pace {
  /** Calls back when the next message may be taken: at once, or when there were fewer for a while. */
  next(ready: () => void): void;
  /** Calls nothing back any more. */
  stop(): void;
}

/** So many at once, so many a second, and after so many what else is due has its turn. */
const BURST = 100;
const PER_SECOND = 50;
const SLICE = 10;
const BREATH = 20;

export function createPace(now: () => number = () => performance.now()): Pace {
  let free = BURST;
  let at = now();
  let taken = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  return {
    next(ready) {
      if (stopped) return;
      const time = now();
      free = Math.min(BURST, free + ((time - at) / 1_000) * PER_SECOND);
      at = time;
      free--;
      taken++;
      if (free < 0) timer = setTimeout(ready, BREATH);
      else if (taken % SLICE === 0) setImmediate(ready);
      else ready();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
