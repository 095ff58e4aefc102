// How the bridge itself fares, for the topics below `bridge/`. Made once a minute, since a value that changes with every
// frame would be nothing but traffic.

import type { BusCounts } from '../bus/statistics.ts';

export interface BridgeStats {
  /** Seconds since the start. */
  readonly uptime: number;
  /** Good frames of others in the last minute. */
  readonly framesPerMinute: number;
  /** Since the start. */
  readonly checksumErrors: number;
  /** Of the last minute, %; undefined when no frame came. */
  readonly badFrameShare: number | undefined;
  /** How often each came back since the start. */
  readonly reconnects: { readonly link: number; readonly broker: number };
  /** The last warning or outage in words; empty for none. */
  readonly lastError: string;
}

const MADE_EVERY = 60_000;

export class BridgeStatsTracker {
  readonly #startedAt: number;
  readonly #connections = { link: 0, broker: 0 };
  #lastError = '';
  #made: BridgeStats | undefined;
  #nextAt: number;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
    this.#nextAt = startedAt;
  }

  /** An input of the bridge: those that tell of link and broker count. */
  received({ type, up, reason }: { readonly type: string; readonly up?: boolean; readonly reason?: string }): void {
    if (up === true && (type === 'link' || type === 'broker')) this.#connections[type]++;
    if (up === false && reason !== undefined) this.#lastError = reason;
  }

  warned(text: string): void {
    this.#lastError = text;
  }

  /** The newest; the same object for a minute. */
  current(now: number, counts: (now: number) => BusCounts): BridgeStats {
    if (this.#made && now < this.#nextAt) return this.#made;
    this.#nextAt = now + MADE_EVERY;
    const { frames, checksumErrors, badShare } = counts(now);
    const { link, broker } = this.#connections;
    this.#made = {
      uptime: (now - this.#startedAt) / 1_000,
      framesPerMinute: frames,
      checksumErrors,
      badFrameShare: badShare === undefined ? undefined : badShare * 100,
      reconnects: { link: Math.max(0, link - 1), broker: Math.max(0, broker - 1) },
      lastError: this.#lastError,
    };
    return this.#made;
  }

  get wakeAt(): number {
    return this.#nextAt;
  }
}
