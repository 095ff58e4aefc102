// Whether the broker keeps what we publish. Many brokers acknowledge what they do not let us write, so we read our own
// status back: it must come, and no other client may say that we are gone.

/** Our status is seen this soon after the broker took it, ms. */
const BACK_WITHIN = 3_000;
const NEVER = Number.POSITIVE_INFINITY;

/** What has to be done about our status. */
export type ReadBackResult = 'repeat' | 'notKept' | undefined;

export class ReadBack {
  readonly #status: string;
  #up = false;
  /** Nothing is in doubt, or the owner knows. */
  #settled = false;
  #repeated = false;
  #dueAt = NEVER;

  /** `status`: the topic of our status. */
  constructor(status: string) {
    this.#status = status;
  }

  /** A connection to the broker begins; or none does, and nothing is expected any more. */
  connection(up: boolean): void {
    this.#up = up;
    this.#settled = false;
    this.#repeated = false;
    this.#dueAt = NEVER;
  }

  /** The broker says that it took the publication. */
  acknowledged(topic: string, now: number): void {
    if (this.#up && topic === this.#status && !this.#settled) this.#dueAt = now + BACK_WITHIN;
  }

  received(topic: string, payload: string, retained: boolean): ReadBackResult {
    // What is retained may be from before.
    if (!this.#up || topic !== this.#status || retained) return undefined;
    if (payload !== 'online') return 'repeat';
    this.#settled = true;
    this.#dueAt = NEVER;
    return undefined;
  }

  /** Time passed. */
  advance(now: number): ReadBackResult {
    if (now < this.#dueAt) return undefined;
    this.#dueAt = NEVER;
    // The first may have gone out before the broker had made our subscription.
    if (!this.#repeated) {
      this.#repeated = true;
      return 'repeat';
    }
    this.#settled = true;
    return 'notKept';
  }

  /** When the status may be missing. */
  get wakeAt(): number {
    return this.#dueAt;
  }
}
