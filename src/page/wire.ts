// What the server tells a browser, by the name of the event. Every stream begins with `facts`, `history`, all `values`
// and `capture`.

import type { CaptureKept, CaptureNow } from '../capture/status.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Line } from './bus-log.ts';
import type { Sample } from './samples.ts';

/** What does not change while the bridge runs. */
export interface Facts {
  readonly version: string;
  /** The chargers are not real. */
  readonly simulated: boolean;
  /** Switching a charger off opens its relay. */
  readonly relay: boolean;
  /** As configured, A. */
  /** What is listed of each charger and of the bridge. */
  readonly listed: { readonly charger: readonly Listed[]; readonly bridge: readonly Listed[] };
  readonly limits: {
    readonly maxAmpsForSlaves: number;
    readonly maxAmpsPerTWC: number;
    readonly minAmpsPerTWC: number;
  };
}

/** A value that is shown in a list, under a name for people. */
export interface Listed {
  readonly topic: string;
  readonly label: string;
  /** Empty for none. */
  readonly unit: string;
}

export interface Events {
  readonly facts: Facts;
  /** Samples, oldest first, `every` ms between two; the last one was taken at `until`, and it is `now` (Unix ms). */
  readonly history: {
    readonly samples: readonly Sample[];
    readonly every: number;
    readonly until: number;
    readonly now: number;
  };
  /** Payloads by their topic below the prefix: those that are new. */
  readonly values: Readonly<Record<string, string>>;
  /** A capture has begun or ended. */
  readonly capture: CaptureNow;
  /** Another minute is over. */
  readonly sample: Sample;
  /** Only for who asked for it. */
  readonly bus: readonly Line[];
  /** Nothing, but often enough that silence means that the bridge is gone. */
  readonly keepalive: null;
}

/** What `api/sessions` gives: charging sessions that are over. */
export interface Sessions {
  /** Some of them, newest first. */
  readonly newest: readonly SessionRecord[];
  /** How many there are. */
  readonly count: number;
}

/** What `api/captures` gives: files under `captures/`. */
export interface CapturesKept {
  /** Some of them, newest first. */
  readonly newest: readonly CaptureKept[];
}

/** Between two beats, ms. */
export const KEEPALIVE_EVERY = 10_000;
