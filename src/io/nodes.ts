// The nodes of a broker cluster, or a single broker: one of them is used for as long as it is there, then the next.

import { Refusal } from './retry.ts';

export interface Node {
  readonly url: string;
  /**
   * What stands behind our client id there: nothing at the first. A cluster may tie what belongs to a client to the node where
   * the client was (RabbitMQ before 3.12 its subscriptions), and refuses that client elsewhere when this node is gone.
   */
  readonly clientSuffix: string;
  /** How long it may take to answer when we connect, ms. */
  readonly connectWithin: number;
  /** How long it may owe us an answer afterwards, ms. */
  readonly answersWithin: number;
  /** Seconds between two signs of life. */
  readonly keepalive: number;
}

export interface Nodes {
  /** What opens one of these, the one after the last first. Rejects with the reasons of all when none can be opened. */
  open<T extends { readonly closed: Promise<unknown> }>(
    urls: readonly string[],
    open: (node: Node) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

const PATIENT = { connectWithin: 10_000, answersWithin: 20_000, keepalive: 15 };
/** Where there is another, one that does not answer is left sooner. */
const IMPATIENT = { connectWithin: 1_000, answersWithin: 8_000, keepalive: 5 };
/**
 * A cluster to which thousands come at once takes them one after the other, longest for the last. Were all of them to leave
 * before that, none would be taken.
 */
const MOST_PATIENT = 60_000;

/** `clock` in milliseconds. */
export function createNodes(clock = () => performance.now()): Nodes {
  let next = 0;
  /** All of them may be far away or busy, not gone: when none has answered in time they are given more of it. */
  let { connectWithin } = IMPATIENT;

  return {
    async open(urls, open, signal) {
      const reasons: Error[] = [];
      const from = clock();
      for (let tried = 0; tried < urls.length && !signal.aborted; tried++) {
        const place = next % urls.length;
        const url = urls[place] ?? '';
        const clientSuffix = place === 0 ? '' : `-${place + 1}`;
        const patience = urls.length > 1 ? { ...IMPATIENT, connectWithin } : PATIENT;
        try {
          const opened = await open({ url, clientSuffix, ...patience });
          connectWithin = IMPATIENT.connectWithin;
          void opened.closed.then(() => next++);
          return opened;
        } catch (error) {
          reasons.push(error as Error);
          next++;
        }
      }
      if (clock() - from >= connectWithin) connectWithin = Math.min(2 * connectWithin, MOST_PATIENT);
      throw together(reasons);
    },
  };
}

function together(reasons: readonly Error[]): Error {
  const [first = new Error('given up')] = reasons;
  if (reasons.length < 2) return first;
  const text = reasons.map(({ message }) => message).join('; ');
  return reasons.some((reason) => reason instanceof Refusal) ? new Refusal(text) : new Error(text);
}
