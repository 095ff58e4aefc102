// Keeps something open for ever: opens it, waits until it is gone, opens it again.

import { setTimeout as sleep } from 'node:timers/promises';
import { bounded } from './deferred.ts';

/** Something open. */
export interface Open {
  /** Gives the reason when it is gone; never rejects. */
  readonly closed: Promise<string>;
  /** Resolves when it has turned out to be of use; left out where being open is enough. */
  readonly acknowledged?: Promise<void>;
  close(): Promise<void>;
}

export interface Keeping<T extends Open> {
  readonly open: (signal: AbortSignal) => Promise<T>;
  readonly up: (opened: T) => void;
  /** Called when it goes, or cannot be opened for another reason than before; `changed` unless it never worked since that was told. */
  readonly down: (reason: string, changed: boolean) => void;
  readonly signal: AbortSignal;
  /** Resolves when something happened that makes another try worth while; what it holds goes when the signal is aborted. */
  readonly retrySignal?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Pauses in milliseconds where the usual ones do not fit. */
  readonly soonest?: number;
  readonly afterRefusal?: number;
}

/** An error that says more than that something is gone, and so is told right after a loss too. */
export class Explanation extends Error {}

/** An error after which trying again soon is no use: refused credentials. */
export class Refusal extends Explanation {}

const SOONEST = 250;
const LATEST = 5_000;
const AFTER_REFUSAL = 30_000;
/** What is gone sooner than this after it was opened was not of much use. */
const BRIEF = 2_000;
/** Gone at once again and again, from the fourth time on it is tried half as often each time. As a time away, see `pause`. */
const FLAPPING = 1_250;

/** Returns when the signal is aborted and what was open is closed. Never two opens at once. */
export async function keepOpen<T extends Open>(keeping: Keeping<T>): Promise<void> {
  const { open, up, down, signal, retrySignal, soonest = SOONEST, afterRefusal = AFTER_REFUSAL } = keeping;
  let downSince = performance.now();
  let told: string | undefined;
  /** It is expected that what has just gone cannot be opened at once. */
  let justGone = false;
  /** How often in a row it was gone right after it was opened. */
  let brief = 0;
  const forget = () => {
    told = undefined;
  };
  while (!signal.aborted) {
    let refused = false;
    let explained = false;
    let openedAt: number | undefined;
    let reason: string;
    // Looked out for before the try, so that nothing is missed between the try and the pause.
    const looking = new AbortController();
    const retried = retrySignal?.(looking.signal);
    try {
      const opened = await open(signal);
      looking.abort();
      if (signal.aborted) return await opened.close();
      openedAt = performance.now();
      up(opened);
      if (opened.acknowledged) void opened.acknowledged.then(forget);
      else forget();
      reason = await untilClosed(opened, signal);
      downSince = performance.now();
      brief = downSince - openedAt < BRIEF ? brief + 1 : 0;
    } catch (error) {
      refused = error instanceof Refusal;
      explained = error instanceof Explanation;
      reason = error instanceof Error ? error.message : String(error);
    }
    const gone = openedAt !== undefined;
    const changed = reason !== told && (gone || explained || !justGone);
    if ((changed || gone) && !signal.aborted) down(reason, changed);
    told = reason;
    justGone = gone;
    const usual = gone ? pause(FLAPPING * 2 ** brief) : pause(performance.now() - downSince);
    const wait = refused ? afterRefusal : Math.max(soonest, usual);
    const slept = sleep(wait, false, { signal }).catch(() => false);
    const cut = await Promise.race([slept, ...(retried && !gone ? [retried.then(() => true)] : [])]);
    looking.abort();
    // What has appeared may not be ready yet: it is tried as often as what has just gone.
    if (cut) downSince = performance.now();
  }
}

/**
 * The pause before the next try: a fortieth of the time that it has been away, so that a return after a minute is seen
 * within 2 s and one after hours within 5 s; spread a little so that a fleet does not knock all at once.
 */
export function pause(awayFor: number, random = Math.random()): number {
  return Math.min(LATEST, Math.max(SOONEST, awayFor / 40)) * (0.9 + 0.2 * random);
}

async function untilClosed(opened: Open, signal: AbortSignal): Promise<string> {
  try {
    return await bounded(opened.closed, { signal });
  } catch {
    await opened.close();
    return 'closed';
  }
}
