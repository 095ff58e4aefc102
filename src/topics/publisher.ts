// What goes to the broker and when: the newest value of each topic wins, one publish of a topic at a time, and nothing is
// queued, so memory is proportional to the number of topics however slow or dead the broker is.

/** A value on its way. Retained, QoS 1. */
export interface Publication {
  readonly topic: string;
  readonly payload: string;
}

/** A value that a topic should have. */
export interface Wanted extends Publication {
  /** Milliseconds between two updates of this topic; 0 for no limit. */
  readonly limit: number;
  /** Now, whatever the limit; no more to be held back until the broker has it. */
  readonly atOnce?: boolean;
  /** Lower goes out first when several are due. */
  readonly rank: number;
  /** The topic is not ours any more once the broker has this. */
  readonly last?: boolean;
}

interface Topic {
  readonly name: string;
  readonly rank: number;
  readonly limit: number;
  wanted: string;
  /** What is wanted goes out whatever the limit. */
  atOnce: boolean;
  /** What is wanted is the last of it. */
  last: boolean;
  /** What the broker was last given in this connection. */
  sent: string | undefined;
  sentAt: number;
  /** What is on its way and not acknowledged. */
  sending: string | undefined;
}

export class Publisher {
  readonly #topics = new Map<string, Topic>();
  /** Topics whose wanted value the broker has not been given. */
  readonly #waiting = new Set<Topic>();
  #up = false;

  want({ topic: name, payload, limit, rank, atOnce = false, last = false }: Wanted): void {
    const topic = this.#topics.get(name) ?? this.#add(name, limit, rank);
    topic.wanted = payload;
    topic.last = last;
    topic.atOnce = atOnce || (topic.atOnce && this.#waiting.has(topic));
    if (payload === topic.sent && !last) this.#waiting.delete(topic);
    else this.#waiting.add(topic);
  }

  /** The broker is there: every topic is due once. */
  connected(): void {
    this.#up = true;
    for (const topic of this.#topics.values()) {
      topic.sending = undefined;
      this.#refresh(topic);
    }
  }

  disconnected(): void {
    this.#up = false;
  }

  /** Every topic is due once more. */
  replay(): void {
    for (const topic of this.#topics.values()) this.#refresh(topic);
  }

  /** Every topic under this place is said again, as soon as its limit allows it. */
  refresh(place: string): void {
    for (const topic of this.#topics.values()) {
      if (!topic.name.startsWith(place)) continue;
      topic.sent = undefined;
      this.#waiting.add(topic);
    }
  }

  /** The broker has taken the topic's publication: gives its payload, undefined if none was on its way. */
  acknowledged(name: string): string | undefined {
    const topic = this.#topics.get(name);
    const payload = topic?.sending;
    if (topic) topic.sending = undefined;
    if (topic?.last && payload === topic.wanted) this.forget(name);
    return payload;
  }

  /** This topic is due once more. */
  repeat(name: string): void {
    const topic = this.#topics.get(name);
    if (topic) this.#refresh(topic);
  }

  /** The topic is not ours any more. */
  forget(name: string): void {
    const topic = this.#topics.get(name);
    if (topic) this.#waiting.delete(topic);
    this.#topics.delete(name);
  }

  /** What is to be sent now; it counts as sent. */
  due(now: number): readonly Publication[] {
    if (!this.#up || this.#waiting.size === 0) return [];
    const due = [...this.#waiting].filter((topic) => dueAt(topic) <= now).sort((a, b) => a.rank - b.rank);
    for (const topic of due) {
      topic.sent = topic.wanted;
      topic.sending = topic.wanted;
      topic.sentAt = now;
      topic.atOnce = false;
      this.#waiting.delete(topic);
    }
    return due.map(({ name, wanted }) => ({ topic: name, payload: wanted }));
  }

  /** When `due` may have something that it has not now. */
  get wakeAt(): number {
    let next = Number.POSITIVE_INFINITY;
    if (!this.#up) return next;
    for (const topic of this.#waiting) next = Math.min(next, dueAt(topic));
    return next;
  }

  #add(name: string, limit: number, rank: number): Topic {
    const topic: Topic = {
      name,
      rank,
      limit,
      wanted: '',
      atOnce: false,
      last: false,
      sent: undefined,
      sentAt: NEVER,
      sending: undefined,
    };
    this.#topics.set(name, topic);
    return topic;
  }

  #refresh(topic: Topic): void {
    topic.sent = undefined;
    topic.sentAt = NEVER;
    this.#waiting.add(topic);
  }
}

const NEVER = Number.NEGATIVE_INFINITY;

/** A topic that the broker has not acknowledged waits for that. */
function dueAt({ sending, atOnce, sentAt, limit }: Topic): number {
  if (sending !== undefined) return Number.POSITIVE_INFINITY;
  return atOnce ? NEVER : sentAt + limit;
}
