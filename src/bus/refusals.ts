// Units for which there is no room on the bus. Their number and the log lines about them are bounded, whatever is on the bus.

import type { TwcId } from '../protocol/field.ts';

/** A refused unit is reported for this long after it was last heard, ms: it announces itself every 10 s. */
const REFUSED_FOR = 30_000;
const MOST_REFUSED = 8;
/** Noise can look like one new unit after another: the log has one line in this time, ms. */
const LOGGED_EVERY = 60_000;

/** Times are monotonic milliseconds. */
export class Refusals {
  readonly #heardAt = new Map<TwcId, number>();
  readonly #log: (text: string) => void;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  get ids(): readonly TwcId[] {
    return [...this.#heardAt.keys()];
  }

  /** A unit spoke, and `fleet` has all the places. */
  refuse(id: TwcId, fleet: readonly TwcId[], now: number): void {
    const known = this.#heardAt.has(id);
    if (!known && this.#heardAt.size >= MOST_REFUSED) return;
    this.#heardAt.set(id, now);
    if (known || now - this.#loggedAt < LOGGED_EVERY) return;
    this.#loggedAt = now;
    this.#log(`${id}: refused, there are ${fleet.length} units already: ${fleet.join(', ')}`);
  }

  /** The unit has a place now. */
  accept(id: TwcId): void {
    this.#heardAt.delete(id);
  }

  advance(now: number): void {
    for (const [id, heardAt] of this.#heardAt) if (now - heardAt > REFUSED_FOR) this.#heardAt.delete(id);
  }
}
