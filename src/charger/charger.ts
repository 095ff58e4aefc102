// What is known of one charger: messages and time go in, the new knowledge comes out. Times are monotonic milliseconds.

import type { Version } from '../protocol/codec.ts';
import type { Phases, TwcId } from '../protocol/field.ts';
import type { Message, MessageNamed } from '../protocol/messages.ts';
import { use } from './draw.ts';
import { type Energy, type EnergyUnit, metered, noEnergy } from './energy.ts';
import type { Offer } from './order.ts';
import { concluded, type Vin, type VinReading, withPart } from './vin.ts';

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
type Charging =
  | { readonly on: false }
  | { readonly on: true; readonly since: number; readonly below: number | undefined };

/** A unit that has not been heard for this long is offline (protocol 4.1). */
export const OFFLINE_AFTER = 26_000;
/** Less is not charging: idle units report up to 0.25 A (protocol 3.4, 4.8). */
const CHARGING_FROM = 1;
const CHARGING_ENDS_AFTER = 5_000;

const nothing = {
  online: false,
  energy: noEnergy,
  charging: { on: false },
  vin: { is: 'unknown' },
  overSince: undefined,
  unusedSince: undefined,
  steady: undefined,
  relayOpenSince: undefined,
} as const;

export function newcomer(id: TwcId, now: number): Charger {
  return { ...nothing, id, since: now, confirmed: false };
}

/** For how long nothing has been heard of it, ms. */
export function silence({ heardAt, since }: Charger, now: number): number {
  return now - (heardAt ?? since);
}

/** The charger after one of its own messages. `version` is that of the frame. */
export function heard(charger: Charger, message: Message, version: Version, unit: EnergyUnit, now: number): Charger {
  const present: Charger = {
    ...charger,
    heardAt: now,
    online: true,
    confirmed: charger.heardAt !== undefined || charger.confirmed,
  };
  return elapsed(learned(present, message, version, unit, now), now);
}

/** The charger after time passed: gone after silence, no longer charging after 5 s without current. */
export function elapsed(charger: Charger, now: number): Charger {
  const online = charger.heardAt !== undefined && now - charger.heardAt < OFFLINE_AFTER;
  const charging = chargingAt(charger, online, now);
  if (online === charger.online && charging === charger.charging) return charger;
  const ended = charger.charging.on && !charging.on;
  const begun = !charger.charging.on && charging.on;
  return {
    ...charger,
    online,
    charging,
    ...(ended && charger.vin.is === 'known' && { lastVin: charger.vin.text }),
    ...((ended || begun) && { vin: { is: 'unknown' } }),
  };
}

/** When `elapsed` may change something although no message comes. */
export function changesAt({ online, heardAt, charging }: Charger): number {
  const gone = online && heardAt !== undefined ? heardAt + OFFLINE_AFTER : Number.POSITIVE_INFINITY;
  const ends = charging.on && charging.below !== undefined ? charging.below + CHARGING_ENDS_AFTER : gone;
  return Math.min(gone, ends);
}

/** Measured current, A: of the largest phase. 0 when offline, since a slave without a master stops its car; undefined when not known. */
export function actualAmps(charger: Charger): number | undefined {
  return ampsWhen(charger.online, charger);
}

function ampsWhen(online: boolean, { heartbeat, meter }: Charger): number | undefined {
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

/** The state of a unit without a car, or with one that sleeps. */
export const READY = 0;
/** No unit draws more and no phase has more: such a frame is noise that passed the checksum. */
const MOST_AMPS = 100;
const MOST_VOLTS = 300;

/** A phase with fewer volts is not connected. */
const CONNECTED_FROM = 80;

function chargingAt(charger: Charger, online: boolean, now: number): Charging {
  const { charging } = charger;
  const amps = ampsWhen(online, charger);
  if (!online || amps === undefined) return charging.on ? { on: false } : charging;
  if (amps >= CHARGING_FROM) {
    if (!charging.on) return { on: true, since: now, below: undefined };
    return charging.below === undefined ? charging : { ...charging, below: undefined };
  }
  if (!charging.on) return charging;
  if (charging.below === undefined) return { ...charging, below: now };
  return now - charging.below >= CHARGING_ENDS_AFTER ? { on: false } : charging;
}

function learned(charger: Charger, message: Message, version: Version, unit: EnergyUnit, now: number): Charger {
  switch (message.name) {
    case 'slaveLinkready':
      return { ...charger, version, ratedAmps: message.maxAmps };
    case 'slaveHeartbeat': {
      const { state, limitAmps, actualAmps } = message;
      if (actualAmps > MOST_AMPS) return charger;
      const heartbeat = { state, limitAmps, actualAmps, at: now };
      const offer = charger.offer && { ...charger.offer, before: undefined };
      return {
        ...charger,
        version: charger.version ?? version,
        heartbeat,
        ...(offer && { offer }),
        ...use(charger, heartbeat),
      };
    }
    case 'meterResponse':
      return withMeter(charger, message, message.phaseAmps, unit, now);
    case 'meterResponseShort':
      return withMeter(charger, message, undefined, unit, now);
    case 'plugStateResponse':
      return { ...charger, plugAnswer: { state: message.plugState, at: now } };
    case 'stopAck':
      return { ...charger, relayOpenSince: charger.relayOpenSince ?? now };
    case 'startAck':
      return { ...charger, relayOpenSince: undefined };
    case 'versionResponse':
      return { ...charger, firmware: message.version };
    case 'serialResponse':
      return message.serial === '' ? charger : { ...charger, serialNumber: message.serial };
    case 'vinResponse1':
      return withVinPart(charger, 1, message.vin, now);
    case 'vinResponse2':
      return withVinPart(charger, 2, message.vin, now);
    case 'vinResponse3':
      return withVinPart(charger, 3, message.vin, now);
    default:
      return charger;
  }
}

function withMeter(
  charger: Charger,
  { energyCounter, volts }: MessageNamed<'meterResponseShort'> | MessageNamed<'meterResponse'>,
  phaseAmps: Phases | undefined,
  unit: EnergyUnit,
  now: number,
): Charger {
  if (volts.some((v) => v > MOST_VOLTS)) return charger;
  return {
    ...charger,
    meter: { volts, phaseAmps, at: now },
    energy: metered(charger.energy, energyCounter, now, unit),
  };
}

function withVinPart(charger: Charger, part: number, text: string, now: number): Charger {
  const vinReading = withPart(charger.vinReading, part, text, now);
  if (!vinReading || vinReading === charger.vinReading) return charger;
  return { ...charger, vinReading, vin: concluded(charger.vin, vinReading) };
}
