// What is known of one charger. Times are monotonic milliseconds.

import type { Version } from '../protocol/codec.ts';
import type { Phases, TwcId } from '../protocol/field.ts';
import { isState } from '../protocol/states.ts';
import type { ChargerSettings } from './charger-settings.ts';
import { type Energy, noEnergy } from './energy.ts';
import { type Excess, noExcess } from './excess.ts';
import type { Vin, VinReading } from './vin.ts';

export interface Charger {
  readonly id: TwcId;
  /** What its owner says of it. */
  readonly settings: ChargerSettings;
  /** When this process came to know it. */
  readonly since: number;
  /** Undefined until a frame told it: a genuine master says of itself neither version nor limit nor state. */
  readonly version?: Version;
  /** When the last frame of this unit came; undefined for one that is only remembered from before a restart. */
  readonly heardAt?: number;
  readonly online: boolean;
  /** False for a unit heard once only: noise that looks like a frame must not become a charger. */
  readonly confirmed: boolean;
  /** When a master last sent it a heartbeat: it may hear us although we do not hear it. */
  readonly heartbeatSentAt?: number;
  /** When it got its last chance to answer without having been heard: at a start, or after another master. */
  readonly calledAt?: number;
  /** It was spoken to in vain: it is not spoken to again before it is heard, and, once it has stopped, has room to go on. */
  readonly givenUp: boolean;
  /** The hardware's maximum, A (not the breaker's). */
  readonly ratedAmps?: number;
  readonly heartbeat?: Heartbeat;
  readonly meter?: Meter;
  readonly energy: Energy;
  readonly charging: Charging;
  /** The limit that was last offered, by us or by the master that we listen to. */
  readonly offer?: Offer;
  /**
   * The most that it may hold of what it was told by others, or by us and has not answered yet, A. Undefined once its own
   * answers say what it holds.
   */
  readonly mayHold: number | undefined;
  readonly draw: Draw;
  /** How much more than its limit it was seen to draw. */
  readonly excess: Excess;
  readonly plugged: PlugEvidence;
  readonly relay: Relay;
  readonly serialNumber?: string;
  readonly firmware?: string;
  readonly vin: Vin;
  readonly vinReading?: VinReading;
  readonly lastVin?: string;
}

export interface Offer {
  readonly amps: number;
  /** Since when it is this much. */
  readonly at: number;
  /** When it was last sent. */
  readonly sentAt: number;
  /** The last time that it was lowered, and the most that it was before. */
  readonly lowered: { readonly from: number; readonly at: number } | undefined;
  readonly raisedAt: number | undefined;
  /** When it was told something although it was not known what it had before. */
  readonly takenOverAt?: number | undefined;
}

export interface Heartbeat {
  readonly state: number;
  /** The limit in force, A; 0 while no car is plugged in, whatever was offered. */
  readonly limitAmps: number;
  /** Measured, the largest phase, A; corrected by the owner's calibration. */
  readonly actualAmps: number;
  readonly at: number;
}

interface Meter {
  readonly volts: Phases;
  /** Undefined where older firmware does not tell currents. */
  readonly phaseAmps: Phases | undefined;
  /** The last phase currents that were not all zero: they tell which phases the car uses. */
  readonly lastCurrents?: Phases | undefined;
  readonly at: number;
}

/** `below`: since when the current has been too small while this still counts as charging. */
export type Charging =
  | { readonly on: false }
  | { readonly on: true; readonly since: number; readonly below: number | undefined };

/** How its draw compares with its limit. */
export interface Draw {
  /** Since when it has left a part of its limit unused, undefined while it uses it. */
  readonly unusedSince: number | undefined;
  /** Since when it has drawn more than any error of a meter explains, undefined while it does not. */
  readonly overSince: number | undefined;
  /** When it was last found to ignore its limit. */
  readonly ignoredAt: number | undefined;
  /** When it last rose. */
  readonly roseAt: number | undefined;
  /** The draw about which it has been steady, and since when. */
  readonly steady: { readonly amps: number; readonly at: number } | undefined;
}

/** What tells of a car beside the heartbeat. */
export interface PlugEvidence {
  /** What it last said when it was asked whether a car is plugged in (protocol 3.7). */
  readonly answer?: { readonly state: number; readonly at: number };
  /** When a car was last known to be there; undefined when none was seen since the last one left. */
  readonly carAt: number | undefined;
}

/** The relay as far as our requests tell. */
export interface Relay {
  /** Since when it counts as open, undefined while it does not. */
  readonly openSince: number | undefined;
  /** When we last sent the request to open it. */
  readonly stopSentAt: number | undefined;
}

/** A unit that has not been heard for this long is offline (protocol 4.1). */
export const OFFLINE_AFTER = 26_000;

/** A unit that may be there although it is not heard is spoken to for this long: one that is there answers the first time. */
export const CALLED_FOR = 10_000;

/** A car needs this long to follow a lower limit (protocol 4.6). */
export const FOLLOWS_WITHIN = 12_000;

/** Less is not charging: idle units report up to 0.25 A (protocol 3.4, 4.8). */
export const CHARGING_FROM = 1;

export const noDraw: Draw = {
  unusedSince: undefined,
  overSince: undefined,
  ignoredAt: undefined,
  roseAt: undefined,
  steady: undefined,
};

/** No unit is rated higher, A. */
const MOST_RATED = 80;

const nothing = {
  online: false,
  confirmed: false,
  givenUp: false,
  energy: noEnergy,
  charging: { on: false },
  vin: { type: 'unknown' },
  draw: noDraw,
  excess: noExcess,
  plugged: { carAt: undefined },
  relay: { openSince: undefined, stopSentAt: undefined },
} as const;

/** A charger that was just met. It may hold any limit of before. */
export function newCharger(id: TwcId, now: number, settings: ChargerSettings = {}): Charger {
  return { ...nothing, id, settings, since: now, mayHold: MOST_RATED };
}

/** The most that it can hold, A. */
export function hardwareAmps({ ratedAmps = MOST_RATED }: Charger): number {
  return Math.min(ratedAmps, MOST_RATED);
}

/** For how long nothing has been heard of it, ms. */
export function silence({ heardAt, since }: Charger, now: number): number {
  return now - (heardAt ?? since);
}

/** Measured current, A: of the largest phase. 0 when offline, since a slave without a master stops its car; undefined when not known. */
export function actualAmps(charger: Charger): number | undefined {
  return ampsWhen(charger.online, charger);
}

export function ampsWhen(online: boolean, { heardAt, heartbeat, meter }: Charger): number | undefined {
  if (!online) return heardAt === undefined ? undefined : 0;
  return heartbeat?.actualAmps ?? (meter?.phaseAmps && Math.max(...meter.phaseAmps));
}

/** A unit that is ready and delivers nothing has ended, although a short pause still counts as charging elsewhere. */
export function isCharging(charger: Charger): boolean {
  const ended = isState(charger.heartbeat, 'ready') && (actualAmps(charger) ?? 0) < CHARGING_FROM;
  return charger.charging.on && !ended;
}
