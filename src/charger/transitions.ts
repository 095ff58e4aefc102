// How the knowledge of a charger changes: messages and time go in, the new knowledge comes out. Times are monotonic
// milliseconds.

import type { Version } from '../protocol/codec.ts';
import type { Phases } from '../protocol/field.ts';
import type { Message, MessageNamed } from '../protocol/messages.ts';
import { ampsWhen, type Charger, type Charging, OFFLINE_AFTER } from './charger.ts';
import { trackDraw } from './draw.ts';
import { type EnergyUnit, metered } from './energy.ts';
import { concluded, withPart } from './vin.ts';

/** Less is not charging: idle units report up to 0.25 A (protocol 3.4, 4.8). */
const CHARGING_FROM = 1;
const CHARGING_ENDS_AFTER = 5_000;

/** No unit draws more and no phase has more: such a frame is noise that passed the checksum. */
const MOST_AMPS = 100;
const MOST_VOLTS = 300;

/** The charger after one of its own messages. `version` is that of the frame. */
export function withMessage(
  charger: Charger,
  message: Message,
  version: Version,
  unit: EnergyUnit,
  now: number,
): Charger {
  const present: Charger = {
    ...charger,
    heardAt: now,
    online: true,
    confirmed: charger.heardAt !== undefined || charger.confirmed,
  };
  return advanceCharger(learned(present, message, version, unit, now), now);
}

/** The charger after time passed: gone after silence, no longer charging after 5 s without current. */
export function advanceCharger(charger: Charger, now: number): Charger {
  const online = charger.heardAt !== undefined && now - charger.heardAt < OFFLINE_AFTER;
  const charging = chargingAt(charger, online, now);
  if (online === charger.online && charging === charger.charging) return charger;
  const ended = charger.charging.on && !charging.on;
  const begun = !charger.charging.on && charging.on;
  return {
    ...charger,
    online,
    charging,
    ...(ended && charger.vin.type === 'known' && { lastVin: charger.vin.text }),
    ...((ended || begun) && { vin: { type: 'unknown' } }),
  };
}

/** When `elapsed` may change something although no message comes. */
export function chargerWakeAt({ online, heardAt, charging }: Charger): number {
  const gone = online && heardAt !== undefined ? heardAt + OFFLINE_AFTER : Number.POSITIVE_INFINITY;
  const ends = charging.on && charging.below !== undefined ? charging.below + CHARGING_ENDS_AFTER : gone;
  return Math.min(gone, ends);
}

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
      const offer = charger.offer && { ...charger.offer, mayHold: undefined };
      return {
        ...charger,
        version: charger.version ?? version,
        heartbeat,
        ...(offer && { offer }),
        ...trackDraw(charger, heartbeat),
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
