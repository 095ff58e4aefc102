// How the knowledge of a charger changes: messages and time go in, the new knowledge comes out. Times are monotonic
// milliseconds.

import type { Version } from '../protocol/codec.ts';
import type { Phases } from '../protocol/field.ts';
import type { Message, MessageNamed } from '../protocol/messages.ts';
import {
  ampsWhen,
  CALLED_FOR,
  CHARGING_FROM,
  type Charger,
  type Charging,
  type Heartbeat,
  hardwareAmps,
  noDraw,
  OFFLINE_AFTER,
} from './charger.ts';
import { committedAmps } from './commitment.ts';
import { trackDraw } from './draw.ts';
import { type EnergyUnit, withCounter, withoutCounter, withPower } from './energy.ts';
import { withSnapshot } from './energy-snapshot.ts';
import { hasNoMeter, loadWatts, powerFrom } from './load.ts';
import { tellsLimit } from './offer.ts';
import { withAnswer, withHeartbeat, withVinAnswer } from './plug.ts';
import { relayWithAck, relayWithDraw } from './relay.ts';
import { concluded, withPart } from './vin.ts';

const CHARGING_ENDS_AFTER = 5_000;
const NEVER = Number.NEGATIVE_INFINITY;

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
  return withEnergy(charger, withPresence(learned(present, message, version, unit, now), now), now);
}

/** The charger after time passed: gone after silence, no longer charging after 5 s without current. */
export function advanceCharger(charger: Charger, now: number): Charger {
  const after = withPresence(charger, now);
  return after === charger ? charger : withEnergy(charger, after, now);
}

function withPresence(charger: Charger, now: number): Charger {
  const online = charger.heardAt !== undefined && now - charger.heardAt < OFFLINE_AFTER;
  if (charger.online && !online) {
    const gone = goneOffline(charger, committedAmps(charger, now));
    return { ...gone, givenUp: charger.givenUp || wasSpokenToInVain(charger) };
  }
  if (chanceEndsAt(charger) <= now) return { ...charger, givenUp: true };
  return withCharging(charger, chargingAt(charger, now));
}

/** It was spoken to after it had been heard for the last time. */
function wasSpokenToInVain({ heardAt, heartbeatSentAt }: Charger): boolean {
  return heartbeatSentAt !== undefined && heardAt !== undefined && heartbeatSentAt - heardAt >= CALLED_FOR;
}

/** When a unit that has been spoken to without having been heard is given up. */
function chanceEndsAt({ online, givenUp, calledAt, heardAt = NEVER, heartbeatSentAt = 0 }: Charger): number {
  if (online || givenUp || calledAt === undefined) return Number.POSITIVE_INFINITY;
  // One that was heard since has used its chance.
  const isOpen = heartbeatSentAt > calledAt && heardAt <= calledAt;
  return isOpen ? calledAt + CALLED_FOR : Number.POSITIVE_INFINITY;
}

/** When `advanceCharger` may change something although no message comes. */
export function chargerWakeAt(charger: Charger): number {
  const { online, heardAt, charging } = charger;
  const gone = online && heardAt !== undefined ? heardAt + OFFLINE_AFTER : chanceEndsAt(charger);
  const ends = charging.on && charging.below !== undefined ? charging.below + CHARGING_ENDS_AFTER : gone;
  return Math.min(gone, ends);
}

/**
 * The charger when it is not heard any more, or obeys another master: what was known of its state, limit, draw and plug is so
 * no longer. `mayHold`: what it may go on holding, A.
 */
export function goneOffline(charger: Charger, mayHold: number): Charger {
  const { heartbeat, meter, offer, ...kept } = withCharging(charger, { on: false });
  const { answer, ...plugged } = kept.plugged;
  return { ...kept, online: false, mayHold, draw: { ...noDraw, ignoredAt: kept.draw.ignoredAt }, plugged };
}

/** The charger with the energy that it has delivered since it was seen before. */
function withEnergy(before: Charger, after: Charger, now: number): Charger {
  const powered = withPower(after.energy, loadWatts(after), now);
  const isAssumed = powerFrom(after) === 'assumed' && after.charging.on && hasNoMeter(after, now);
  const energy = isAssumed ? withoutCounter(powered) : powered;
  return { ...after, energy: withSnapshot(energy, before.charging.on !== after.charging.on, now) };
}

function withCharging(charger: Charger, charging: Charging): Charger {
  if (charging === charger.charging) return charger;
  const ended = charger.charging.on && !charging.on;
  const begun = !charger.charging.on && charging.on;
  return {
    ...charger,
    charging,
    ...(ended && charger.vin.type === 'known' && { lastVin: charger.vin.text }),
    ...((ended || begun) && { vin: { type: 'unknown' } }),
  };
}

function chargingAt(charger: Charger, now: number): Charging {
  const { charging } = charger;
  const amps = ampsWhen(charger.online, charger);
  if (!charger.online || amps === undefined) return charging.on ? { on: false } : charging;
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
      return withHardware({ ...charger, version, ratedAmps: message.maxAmps });
    case 'slaveHeartbeat':
      return withOwnHeartbeat({ ...charger, version: charger.version ?? version }, message, now);
    case 'meterResponse':
      return withMeter(charger, message, message.phaseAmps, unit, now);
    case 'meterResponseShort':
      return withMeter(charger, message, undefined, unit, now);
    case 'plugStateResponse':
      return { ...charger, plugged: withAnswer(charger.plugged, message.plugState, now) };
    case 'stopAck':
    case 'startAck':
      return { ...charger, relay: relayWithAck(charger.relay, message.name, now) };
    case 'versionResponse':
      return { ...charger, firmware: message.version };
    case 'serialResponse':
      return message.serial === '' ? charger : { ...charger, serialNumber: message.serial };
    case 'vinResponse1':
      return withVinPart(
        { ...charger, plugged: withVinAnswer(charger.plugged, message.vin, now) },
        1,
        message.vin,
        now,
      );
    case 'vinResponse2':
      return withVinPart(charger, 2, message.vin, now);
    case 'vinResponse3':
      return withVinPart(charger, 3, message.vin, now);
    default:
      return charger;
  }
}

/** No unit holds more than its hardware can. */
function withHardware(charger: Charger): Charger {
  return charger.mayHold === undefined
    ? charger
    : { ...charger, mayHold: Math.min(charger.mayHold, hardwareAmps(charger)) };
}

function withOwnHeartbeat(
  charger: Charger,
  { state, limitAmps, actualAmps }: MessageNamed<'slaveHeartbeat'>,
  now: number,
): Charger {
  if (actualAmps > MOST_AMPS) return charger;
  const heartbeat = { state, limitAmps, actualAmps: calibrated(charger, actualAmps), at: now };
  if (charger.givenUp) return withUnaskedHeartbeat(charger, heartbeat);
  // A unit without a car, or with one that sleeps, tells nothing of the limit that it holds, unless it answers an offer.
  const tells = charger.offer !== undefined || tellsLimit(heartbeat);
  const before = Math.max(charger.mayHold ?? 0, charger.heartbeat?.limitAmps ?? 0);
  return {
    ...charger,
    heartbeat,
    mayHold: tells ? undefined : before,
    ...trackDraw(charger, heartbeat),
    plugged: withHeartbeat(charger.plugged, heartbeat),
    relay: relayWithDraw(charger.relay, heartbeat),
  };
}

/**
 * A unit that was given up and is not spoken to answers nobody that is known: it tells only what it goes on with. One that draws
 * was spoken to by somebody a short while ago, or it would have stopped its car.
 */
function withUnaskedHeartbeat(charger: Charger, heartbeat: Heartbeat): Charger {
  const { limitAmps, actualAmps, at } = heartbeat;
  const before = tellsLimit(heartbeat) ? 0 : (charger.mayHold ?? 0);
  const mayHold = Math.max(before, limitAmps, actualAmps);
  return withHardware({ ...charger, mayHold, ...(actualAmps >= CHARGING_FROM && { heartbeatSentAt: at }) });
}

function withMeter(
  charger: Charger,
  { energyCounter, volts }: MessageNamed<'meterResponseShort'> | MessageNamed<'meterResponse'>,
  phaseAmps: Phases | undefined,
  unit: EnergyUnit,
  now: number,
): Charger {
  if (volts.some((v) => v > MOST_VOLTS)) return charger;
  const [a = 0, b = 0, c = 0] = phaseAmps?.map((amps) => calibrated(charger, amps)) ?? [];
  return {
    ...charger,
    meter: {
      volts,
      phaseAmps: phaseAmps && [a, b, c],
      lastCurrents: a + b + c > 0 ? [a, b, c] : charger.meter?.lastCurrents,
      at: now,
    },
    energy: withCounter(charger.energy, energyCounter, now, unit),
  };
}

/** Amps as the owner says that they are, in hundredths. */
function calibrated({ settings: { calibration } }: Charger, amps: number): number {
  return calibration === undefined ? amps : Math.round(amps * calibration * 100) / 100;
}

function withVinPart(charger: Charger, part: number, text: string, now: number): Charger {
  const vinReading = withPart(charger.vinReading, part, text, now);
  if (!vinReading || vinReading === charger.vinReading) return charger;
  return { ...charger, vinReading, vin: concluded(charger.vin, vinReading) };
}
