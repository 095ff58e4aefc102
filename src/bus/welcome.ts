// When newcomers get their first heartbeats: soon, since they may hold a high limit, but they keep no other waiting. They come
// behind those that are due by then, one by one, and meanwhile nothing is asked.

const WELCOMED_AFTER = 250;
const TAKES = 500;
/** A unit whose heartbeat is due again sooner is none. */
const NEWCOMER_AFTER = 500;

/** Times in milliseconds. */
export class Welcome {
  #until = Number.NEGATIVE_INFINITY;

  /** Until when newcomers have their heartbeats. */
  get until(): number {
    return this.#until;
  }

  /**
   * When the next heartbeat is due of a unit that announces itself, or else answers for the first time and waits for its limit.
   * `due`: when it was due until now; that a unit says hello does not make it wait longer.
   */
  dueAt(announces: boolean, due: number, now: number): number {
    const from = announces ? Math.min(Math.max(now, this.#until), now + TAKES) : now;
    const welcomedAt = from + WELCOMED_AFTER;
    if (due <= welcomedAt && now - due < NEWCOMER_AFTER) return due;
    this.#until = from + TAKES;
    return welcomedAt;
  }
}
