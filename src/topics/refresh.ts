// When every value is said again although it is the same: some subscribers take one that does not come for a while for one
// that is not true any more.

const NEVER = Number.POSITIVE_INFINITY;

/** Times are monotonic milliseconds. */
export class Refresh {
  readonly #every: number;
  #dueAt = NEVER;

  /** `every`: 0 for never. */
  constructor(every: number) {
    this.#every = every === 0 ? NEVER : every;
  }

  /** The broker is there, and is given every value; or it is gone. */
  connection(up: boolean, now: number): void {
    this.#dueAt = up ? now + this.#every : NEVER;
  }

  /** True once when it is time. */
  due(now: number): boolean {
    if (now < this.#dueAt) return false;
    this.#dueAt = now + this.#every;
    return true;
  }

  get wakeAt(): number {
    return this.#dueAt;
  }
}
