// The wall clock of a monotonic moment.

/** Epoch milliseconds of `now`, which is of the clock of `performance.now()`. */
export function wallClock(now: number): number {
  return Date.now() - performance.now() + now;
}
