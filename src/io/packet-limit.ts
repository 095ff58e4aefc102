// The largest packet that a broker takes. MQTT 5 brokers say it; others close the connection when a larger one comes, and do
// so again when it is sent again: what was sent each time is then left out, so that the rest goes on.

export interface PacketLimit {
  /** Bytes; infinite while nothing is known. */
  readonly most: number;
  /** The broker has said it. */
  told(most: number | undefined): void;
  /** Whether a topic whose packet is left out is one more that has to be named; true once for each. */
  toName(topic: string): boolean;
  /** The broker has closed a connection; the bytes of each publication that it had not answered. */
  closed(unanswered: readonly number[], lasted: number): void;
}

/** All brokers take what is smaller. */
const SMALLEST = 1_000;
/** A connection that lasted longer was closed for another reason, ms. */
const AT_ONCE = 10_000;
const TIMES = 3;

export function createPacketLimit(): PacketLimit {
  let most = Number.POSITIVE_INFINITY;
  let suspect = 0;
  let times = 0;
  const named = new Set<string>();

  return {
    get most() {
      return most;
    },
    told(said) {
      if (said !== undefined) most = said;
    },
    toName(topic) {
      const isNew = !named.has(topic);
      named.add(topic);
      return isNew;
    },
    closed(unanswered, lasted) {
      const largest = Math.max(0, ...unanswered);
      if (lasted >= AT_ONCE || largest < SMALLEST) {
        times = 0;
        // Closed at once without a large packet: so that was not the reason before either.
        if (lasted < AT_ONCE) most = Number.POSITIVE_INFINITY;
        return;
      }
      times = largest === suspect ? times + 1 : 1;
      suspect = largest;
      if (times >= TIMES) most = largest - 1;
    },
  };
}
