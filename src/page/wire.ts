// What the server tells a browser, by the name of the event. Every stream begins with all of them except `sample`, `bus`
// and `keepalive`.

import type { Finding } from '../bus/finding.ts';
import type { CaptureKept, CaptureNow } from '../capture/status.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Line } from './bus-log.ts';
import type { Sample, SampleColumns } from './samples.ts';

/** What does not change while the bridge runs. */
export interface Facts {
  readonly version: string;
  /** The chargers are not real. */
  readonly simulated: boolean;
  /** Switching a charger off opens its relay. */
  readonly relay: boolean;
  /** The bridge only listens: another master decides. */
  readonly listening: boolean;
  /** The page runs inside Home Assistant, where settings are options of the app. */
  readonly inApp: boolean;
  /** The adapter, as it is configured. */
  readonly port: string;
  /** Further values of each charger and of the bridge. */
  readonly listed: { readonly charger: readonly Listed[]; readonly bridge: readonly Listed[] };
  /** As configured, A. */
  readonly limits: {
    readonly maxAmpsForSlaves: number;
    readonly maxAmpsPerTWC: number;
    readonly minAmpsPerTWC: number;
  };
  /** What the owner says of each charger, by TWCID. */
  readonly chargers: Readonly<Record<string, { readonly name?: string; readonly maxAmps?: number }>>;
  /** The owner's names of cars, by VIN. */
  readonly vehicles: Readonly<Record<string, string>>;
  /** What a kWh costs; undefined when it is not configured. */
  readonly price?: { readonly perKWh: number; readonly currency: string };
}

/** A value that is shown in a list, under a name for people. */
export interface Listed {
  readonly topic: string;
  readonly label: string;
  /** Empty for none. */
  readonly unit: string;
}

/** A connection of the bridge; the reason is empty while the first attempt lasts. */
export type Connection = { readonly up: true } | { readonly up: false; readonly reason: string };

export interface Connections {
  readonly adapter: Connection;
  readonly broker: Connection;
}

export interface Events {
  readonly facts: Facts;
  /** Means of minutes, oldest first; the last one ends at `until`, and it is `now` (Unix ms). */
  readonly history: SampleColumns & { readonly now: number };
  /** Payloads by their topic below the prefix: those that changed. */
  readonly values: Readonly<Record<string, string>>;
  readonly connections: Connections;
  readonly findings: readonly Finding[];
  /** The last warning or outage, with its time (Unix ms); no text for none. */
  readonly lastError: { readonly text: string; readonly at: number };
  /** A capture has begun or ended. */
  readonly capture: CaptureNow;
  /** Another minute is over. */
  readonly sample: Sample;
  /** Only for a browser that asked for it. */
  readonly bus: readonly Line[];
  /** Nothing, but often enough that silence means that the bridge is gone. */
  readonly keepalive: null;
}

/** What `api/sessions` gives: charging sessions that are over. */
export interface Sessions {
  /** Some of the selected ones, newest first. */
  readonly newest: readonly SessionRecord[];
  /** How many are selected. */
  readonly count: number;
  /** Sums of all sessions, newest month first. */
  readonly totals: readonly SessionTotal[];
}

/** The sessions of one car at one charger in one month. */
export interface SessionTotal {
  /** `2026-05`, by the clock of the chargers. */
  readonly month: string;
  readonly charger: string;
  /** Empty when it is not known. */
  readonly vin: string;
  readonly count: number;
  readonly seconds: number;
  readonly kWh: number;
}

/** What `api/captures` gives: files under `captures/`. */
export interface CapturesKept {
  /** Some of them, newest first. */
  readonly newest: readonly CaptureKept[];
}

/** Between two signs of life, ms. */
export const KEEPALIVE_EVERY = 10_000;
