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

export interface BridgeStatsTracker {
  /** An input of the bridge: those that tell of link and broker count. */
  received(input: { readonly type: string; readonly up?: boolean; readonly reason?: string }): void;
  warned(text: string): void;
  /** The newest; the same object for a minute. */
  current(now: number, counts: (now: number) => BusCounts): BridgeStats;
  readonly wakeAt: number;
}

const MADE_EVERY = 60_000;

export function createBridgeStats(startedAt: number): BridgeStatsTracker {
  const connections = { link: 0, broker: 0 };
  let lastError = '';
  let made: BridgeStats | undefined;
  let nextAt = startedAt;

  return {
    received({ type: is, up, reason }) {
      if (up === true && (is === 'link' || is === 'broker')) connections[is]++;
      if (up === false && reason !== undefined) lastError = reason;
    },
    warned(text) {
      lastError = text;
    },
    current(now, counts) {
      if (made && now < nextAt) return made;
      nextAt = now + MADE_EVERY;
      const { frames, checksumErrors, badShare } = counts(now);
      made = {
        uptime: (now - startedAt) / 1_000,
        framesPerMinute: frames,
        checksumErrors,
        badFrameShare: badShare === undefined ? undefined : badShare * 100,
        reconnects: { link: Math.max(0, connections.link - 1), broker: Math.max(0, connections.broker - 1) },
        lastError,
      };
      return made;
    },
    get wakeAt() {
      return nextAt;
    },
  };
}
