// Whether the broker keeps what we publish. Many brokers acknowledge what they do not let us write, so we read some topics
// back: our status, of which no other client may say that we are gone, and one of those that Home Assistant reads.

/** A topic is seen this soon after the broker took it, ms. */
const BACK_WITHIN = 3_000;
const NEVER = Number.POSITIVE_INFINITY;

/** What has to be done about a topic. */
export interface ReadBackResult {
  readonly topic: string;
  readonly type: 'repeat' | 'notKept';
}

interface Awaited {
  readonly topic: string;
  /** Nothing is in doubt, or the owner knows. */
  settled: boolean;
  repeated: boolean;
  dueAt: number;
}

export class ReadBack {
  readonly #status: string;
  readonly #awaited: readonly Awaited[];
  #up = false;

  /** `status`: the topic of our status. `others`: topics that are read back too. */
  constructor(status: string, others: readonly string[]) {
    this.#status = status;
    this.#awaited = [status, ...others].map((topic) => ({ topic, settled: false, repeated: false, dueAt: NEVER }));
  }

  /** A connection to the broker begins; or none does, and nothing is expected any more. */
  connection(up: boolean): void {
    this.#up = up;
    for (const one of this.#awaited) Object.assign(one, { settled: false, repeated: false, dueAt: NEVER });
  }

  /** The broker says that it took the publication. */
  acknowledged(topic: string, now: number): void {
    const one = this.#of(topic);
    if (one && !one.settled) one.dueAt = now + BACK_WITHIN;
  }

  received(topic: string, payload: string, retained: boolean): readonly ReadBackResult[] {
    const one = this.#of(topic);
    // What is retained may be from before.
    if (!one || retained) return [];
    if (topic === this.#status && payload !== 'online') return [{ topic, type: 'repeat' }];
    one.settled = true;
    one.dueAt = NEVER;
    return [];
  }

  /** Time passed. */
  advance(now: number): readonly ReadBackResult[] {
    if (now < this.wakeAt) return [];
    return this.#awaited.filter(({ dueAt }) => dueAt <= now).map((one) => missing(one));
  }

  /** When a topic may be missing. */
  get wakeAt(): number {
    let next = NEVER;
    for (const { dueAt } of this.#awaited) next = Math.min(next, dueAt);
    return next;
  }

  #of(topic: string): Awaited | undefined {
    return this.#up ? this.#awaited.find((one) => one.topic === topic) : undefined;
  }
}

function missing(one: Awaited): ReadBackResult {
  const { topic, repeated } = one;
  one.dueAt = NEVER;
  // The first may have gone out before the broker had made our subscription.
  if (repeated) one.settled = true;
  one.repeated = true;
  return { topic, type: repeated ? 'notKept' : 'repeat' };
}
