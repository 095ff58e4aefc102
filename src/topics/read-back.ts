// Whether the broker keeps what we publish. Many acknowledge what they do not let us write as if all were well, so we read
// our own status back: it must come, and nobody else may say that we are gone.

/** Our status is seen this soon after the broker took it, ms. */
const BACK_WITHIN = 3_000;

export interface ReadBack {
  /** To be subscribed to. */
  readonly topic: string;
  /** A connection to the broker begins; or none does, and nothing is expected any more. */
  connection(up: boolean): void;
  /** The broker says that it took the publication. */
  acknowledged(topic: string, now: number): void;
  received(topic: string, payload: string, retained: boolean): void;
  /** Time passed. */
  advance(now: number): void;
  /** When something may be missing. */
  readonly wakeAt: number;
}

/** `repeat` says a topic once more. */
export function createReadBack(
  topicPrefix: string,
  repeat: (topic: string) => void,
  log: (level: 'warn', text: string) => void,
): ReadBack {
  const status = `${topicPrefix}/status`;
  let up = false;
  /** Nothing is in doubt, or the owner knows. */
  let settled = false;
  let repeated = false;
  let dueAt = Number.POSITIVE_INFINITY;

  return {
    topic: status,
    connection(connection) {
      up = connection;
      settled = false;
      repeated = false;
      dueAt = Number.POSITIVE_INFINITY;
    },
    acknowledged(topic, now) {
      if (up && topic === status && !settled) dueAt = now + BACK_WITHIN;
    },
    received(topic, payload, retained) {
      // What is retained may be from before.
      if (!up || topic !== status || retained) return;
      if (payload !== 'online') return repeat(status);
      settled = true;
      dueAt = Number.POSITIVE_INFINITY;
    },
    advance(now) {
      if (now < dueAt) return;
      dueAt = Number.POSITIVE_INFINITY;
      if (repeated) {
        settled = true;
        log(
          'warn',
          `the broker acknowledges ${status} and does not keep it: may this user write and read ${topicPrefix}/#?`,
        );
      } else {
        // The first may have gone out before the broker had made our subscription.
        repeated = true;
        repeat(status);
      }
    },
    get wakeAt() {
      return dueAt;
    },
  };
}
