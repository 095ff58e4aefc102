// What is known of one charger. Times are monotonic milliseconds.

import type { Version } from '../protocol/codec.ts';
import type { Phases, TwcId } from '../protocol/field.ts';
import { type Energy, noEnergy } from './energy.ts';
import type { Vin, VinReading } from './vin.ts';

export interface Charger {
  readonly id: TwcId;
  /** When this process came to know it. */
  readonly since: number;
  /** Undefined until a frame told it: a genuine master says of itself neither version nor limit nor state. */
  readonly version?: Version;
  /** When the last frame of this unit came; undefined for one that is only remembered from before a restart. */
  readonly heardAt?: number;
  readonly online: boolean;
  /** False for a unit heard once only: noise that looks like a frame must not become a charger. */
  readonly confirmed: boolean;
  /** The hardware's maximum, A (not the breaker's). */
  readonly ratedAmps?: number;
  readonly heartbeat?: Heartbeat;
  readonly meter?: Meter;
  readonly energy: Energy;
  readonly charging: Charging;
  /** What it last said when it was asked whether a car is plugged in (protocol 3.7). */
  readonly plugAnswer?: { readonly state: number; readonly at: number };
  /** The limit that was last ordered, by us or by the master that we listen to. */
  readonly offer?: Offer;
  /** Since when it has drawn clearly more than it may, undefined while it does not. */
  readonly overSince: number | undefined;
  /** Since when it has left a part of its limit unused, undefined while it does not. */
  readonly unusedSince: number | undefined;
  /** The draw about which it has been steady, and since when. */
  readonly steady: { readonly amps: number; readonly at: number } | undefined;
  /** Since when its relay is open by our order, undefined while it is not. */
  readonly relayOpenSince: number | undefined;
  readonly serialNumber?: string;
  readonly firmware?: string;
  readonly vin: Vin;
  readonly vinReading?: VinReading;
  readonly lastVin?: string;
}

interface Offer {
  readonly amps: number;
  readonly at: number;
  /** The most that it may still hold from earlier orders; undefined once it has answered this one. */
  readonly mayHold: number | undefined;
}

export interface Heartbeat {
  readonly state: number;
  /** The limit in force, A; 0 while no car is plugged in, whatever was ordered. */
  readonly limitAmps: number;
  /** Measured, the largest phase, A. */
  readonly actualAmps: number;
  readonly at: number;
}

interface Meter {
  readonly volts: Phases;
  /** Undefined where older firmware does not tell currents. */
  readonly phaseAmps: Phases | undefined;
  readonly at: number;
}

/** `below`: since when the current has been too small while this still counts as charging. */
export type Charging =
  | { readonly on: false }
  | { readonly on: true; readonly since: number; readonly below: number | undefined };

/** A unit that has not been heard for this long is offline (protocol 4.1). */
export const OFFLINE_AFTER = 26_000;

const nothing = {
  online: false,
  energy: noEnergy,
  charging: { on: false },
  vin: { type: 'unknown' },
  overSince: undefined,
  unusedSince: undefined,
  steady: undefined,
  relayOpenSince: undefined,
} as const;

export function newCharger(id: TwcId, now: number): Charger {
  return { ...nothing, id, since: now, confirmed: false };
}

/** For how long nothing has been heard of it, ms. */
export function silence({ heardAt, since }: Charger, now: number): number {
  return now - (heardAt ?? since);
}

/** Measured current, A: of the largest phase. 0 when offline, since a slave without a master stops its car; undefined when not known. */
export function actualAmps(charger: Charger): number | undefined {
  return ampsWhen(charger.online, charger);
}

export function ampsWhen(online: boolean, { heartbeat, meter }: Charger): number | undefined {
  const amps = heartbeat?.actualAmps ?? (meter?.phaseAmps && Math.max(...meter.phaseAmps));
  return amps === undefined || online ? amps : 0;
}

/**
 * Load, W: volts times amperes of each phase. The meter's half amperes tell which phases carry current, the heartbeat's
 * hundredths how much. Without phase currents every connected phase counts. Undefined when not known.
 */
export function loadWatts(charger: Charger): number | undefined {
  const amps = actualAmps(charger);
  if (!charger.meter || amps === undefined) return undefined;
  if (!charger.charging.on) return 0;
  const { volts, phaseAmps } = charger.meter;
  const weights = phaseAmps ?? volts.map((v) => (v >= CONNECTED_FROM ? 1 : 0));
  const largest = Math.max(...weights);
  if (largest === 0) return undefined;
  return volts.reduce((watts, v, phase) => watts + (v * amps * (weights[phase] ?? 0)) / largest, 0);
}

/** A phase with fewer volts is not connected. */
const CONNECTED_FROM = 80;
