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
  /** Lower goes out first when several are due. */
  readonly rank: number;
}

export interface Publisher {
  want(wanted: Wanted): void;
  /** The broker is there: every topic is due once. */
  connected(): void;
  disconnected(): void;
  /** Every topic is due once more. */
  replay(): void;
  /** The broker has taken the topic's publication: gives its payload, undefined if none was on its way. */
  acknowledged(topic: string): string | undefined;
  /** This topic is due once more. */
  repeat(topic: string): void;
  /** The topic is not ours any more. */
  forget(topic: string): void;
  /** What is to be sent now; it counts as sent. */
  due(now: number): readonly Publication[];
  /** When `due` may have something that it has not now. */
  readonly wakeAt: number;
}

interface Topic {
  readonly name: string;
  readonly rank: number;
  readonly limit: number;
  wanted: string;
  /** What the broker was last given in this connection. */
  sent: string | undefined;
  sentAt: number;
  /** What is on its way and not acknowledged. */
  sending: string | undefined;
}

export function createPublisher(): Publisher {
  const topics = new Map<string, Topic>();
  /** Topics whose wanted value the broker has not been given. */
  const waiting = new Set<Topic>();
  let up = false;

  function fresh(topic: Topic): void {
    topic.sent = undefined;
    topic.sentAt = Number.NEGATIVE_INFINITY;
    waiting.add(topic);
  }

  function isDue(topic: Topic, now: number): boolean {
    return topic.sending === undefined && topic.sentAt + topic.limit <= now;
  }

  return {
    want({ topic: name, payload, limit, rank }) {
      const topic = topics.get(name);
      if (topic) {
        topic.wanted = payload;
        if (payload === topic.sent) waiting.delete(topic);
        else waiting.add(topic);
        return;
      }
      const added: Topic = {
        name,
        rank,
        limit,
        wanted: payload,
        sent: undefined,
        sentAt: Number.NEGATIVE_INFINITY,
        sending: undefined,
      };
      topics.set(name, added);
      waiting.add(added);
    },
    connected() {
      up = true;
      for (const topic of topics.values()) {
        topic.sending = undefined;
        fresh(topic);
      }
    },
    disconnected() {
      up = false;
    },
    replay() {
      for (const topic of topics.values()) fresh(topic);
    },
    acknowledged(name) {
      const topic = topics.get(name);
      const payload = topic?.sending;
      if (topic) topic.sending = undefined;
      return payload;
    },
    repeat(name) {
      const topic = topics.get(name);
      if (topic) fresh(topic);
    },
    forget(name) {
      const topic = topics.get(name);
      if (topic) waiting.delete(topic);
      topics.delete(name);
    },
    due(now) {
      if (!up || waiting.size === 0) return [];
      const due = [...waiting].filter((topic) => isDue(topic, now)).sort((a, b) => a.rank - b.rank);
      for (const topic of due) {
        topic.sent = topic.wanted;
        topic.sending = topic.wanted;
        topic.sentAt = now;
        waiting.delete(topic);
      }
      return due.map(({ name, wanted }) => ({ topic: name, payload: wanted }));
    },
    get wakeAt() {
      let next = Number.POSITIVE_INFINITY;
      if (!up) return next;
      for (const topic of waiting) {
        if (topic.sending === undefined) next = Math.min(next, topic.sentAt + topic.limit);
      }
      return next;
    },
  };
}
