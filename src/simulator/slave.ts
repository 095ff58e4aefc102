// A simulated slave that speaks real frames (protocol 4.14). Time goes in, frames come out; no clock of its own. The
// ramps and what happens after a lost master are approximations.

import type { Version } from '../protocol/codec.ts';
import type { Phases, TwcId } from '../protocol/field.ts';
import type { Message, SlaveMessage } from '../protocol/messages.ts';

export interface Car {
  /** What it takes at most, A. */
  readonly amps: number;
  readonly phases: 1 | 3;
  /** Empty for a car that tells none. */
  readonly vin: string;
}

export interface SlaveSettings {
  readonly id: TwcId;
  readonly version: Version;
  readonly ratedAmps: number;
  readonly volts: Phases;
  /** What the meter shows at the start, and its unit. */
  readonly counter: number;
  readonly counterIn: 'kWh' | 'Wh';
  readonly serial: string;
  readonly firmware: string;
  /** A slave that is not asked anything it would answer: older firmware. */
  readonly mute?: true;
  /** How long it takes to answer, ms; real units need up to 150. */
  readonly answersAfter?: number;
  /** The car that is plugged in at a time (ms), undefined for none. */
  readonly car: (now: number) => Car | undefined;
}

export interface SimulatedSlave {
  readonly id: TwcId;
  /** A valid frame was on the bus. */
  hear(message: Message, now: number): void;
  /** What it says now. */
  speak(now: number): readonly SlaveMessage[];
  readonly wakeAt: number;
  readonly version: Version;
  /** What it draws, A: for whoever checks a bridge against it. */
  actual(now: number): number;
  /** What its meter has counted since it was made, Wh. */
  wattHours(now: number): number;
}

const LINKREADY_EVERY = 10_000;
const LOST_AFTER = 25_000;
const ANSWERS_AFTER = 60;
const ANNOUNCES_AFTER = 200;
const SETTLES_FOR = 10_000;
const AMPS_PER_SECOND = 2;
/** A car draws a little less than it may. */
const BELOW_LIMIT = 0.8;
const V2_FLOOR = 6;

const ready = 0;
const charging = 1;
const doNotCharge = 3;
const readyToCharge = 4;
const limiting = 9;

const unplugged = 0;
const pluggedAndCharging = 1;
const plugged = 3;

export function createSlave(settings: SlaveSettings): SimulatedSlave {
  const { id, version } = settings;
  const sign = id.slice(2);
  let said: { readonly message: SlaveMessage; readonly at: number }[] = [];
  let master: TwcId | undefined;
  let masterAt = Number.NEGATIVE_INFINITY;
  let linkreadyAt = 0;
  let announcements = 0;
  let limit = 0;
  let limitSince = Number.NEGATIVE_INFINITY;
  let actual = 0;
  let wattHours = settings.counterIn === 'kWh' ? settings.counter * 1_000 : settings.counter;
  let lived = 0;
  let relayOpen = false;

  /** Lets the car take what it may, up to now. */
  function live(now: number): Car | undefined {
    const seconds = Math.max(0, now - lived) / 1_000;
    lived = now;
    const car = settings.car(now);
    if (!car) limit = 0;
    const linked = now - masterAt < LOST_AFTER;
    const target =
      car && linked && !relayOpen && limit >= (version === 1 ? 5 : V2_FLOOR)
        ? Math.max(0, Math.min(limit - BELOW_LIMIT, car.amps))
        : 0;
    const step = AMPS_PER_SECOND * seconds;
    // Up at the pace of a ramp; down at once, which is what a pilot signal forces.
    actual = target > actual ? Math.min(target, actual + step) : target;
    wattHours += (watts(car) * seconds) / 3_600;
    return car;
  }

  function phaseAmps(car: Car | undefined): Phases {
    return car?.phases === 3 ? [actual, actual, actual] : [actual, 0, 0];
  }

  function watts(car: Car | undefined): number {
    const amps = phaseAmps(car);
    return settings.volts.reduce((sum, v, i) => sum + v * (amps[i] ?? 0), 0);
  }

  function state(car: Car | undefined, now: number): number {
    if (!car) return ready;
    if (limit === 0) return version === 1 ? doNotCharge : readyToCharge;
    if (version === 2 && now - limitSince < SETTLES_FOR) return limiting;
    return actual > 0 ? charging : readyToCharge;
  }

  function plugState(car: Car | undefined): number {
    if (!car) return unplugged;
    return actual > 0 ? pluggedAndCharging : plugged;
  }

  function order(amps: number, command: number, now: number, car: Car | undefined): void {
    const ignored = !car || (version === 2 && command === 0x05 && actual > 0);
    if (ignored) return;
    const accepted = version === 2 && amps < V2_FLOOR ? V2_FLOOR : amps;
    if (accepted !== limit) limitSince = now;
    limit = accepted;
  }

  function answer(message: SlaveMessage, now: number): void {
    said.push({ message, at: now + (settings.answersAfter ?? ANSWERS_AFTER) });
  }

  function heartbeat(receiver: TwcId, now: number): SlaveMessage {
    const car = settings.car(now);
    return {
      name: 'slaveHeartbeat',
      sender: id,
      receiver,
      state: state(car, now),
      limitAmps: limit,
      actualAmps: Math.round(actual * 100) / 100,
    };
  }

  function reply(request: Message['name'], car: Car | undefined): SlaveMessage | undefined {
    const vin = car?.vin ?? '';
    const counter = Math.floor(settings.counterIn === 'kWh' ? wattHours / 1_000 : wattHours);
    const meter = { energyCounter: counter, volts: settings.volts };
    const [a, b, c] = phaseAmps(car).map((amps) => Math.round(amps * 2) / 2);
    const replies: Partial<Record<Message['name'], SlaveMessage>> = {
      meterRequest: { name: 'meterResponse', sender: id, ...meter, phaseAmps: [a ?? 0, b ?? 0, c ?? 0] },
      versionRequest: { name: 'versionResponse', sender: id, version: settings.firmware },
      serialRequest: { name: 'serialResponse', sender: id, serial: settings.serial },
      vinRequest1: { name: 'vinResponse1', sender: id, vin: vin.slice(0, 7) },
      vinRequest2: { name: 'vinResponse2', sender: id, vin: vin.slice(7, 14) },
      vinRequest3: { name: 'vinResponse3', sender: id, vin: vin.slice(14) },
      plugStateRequest: { name: 'plugStateResponse', sender: id, plugState: plugState(car) },
      startRequest: { name: 'startAck', sender: id },
      stopRequest: { name: 'stopAck', sender: id },
    };
    return version === 1 || settings.mute ? undefined : replies[request];
  }

  const linkready: SlaveMessage = { name: 'slaveLinkready', sender: id, sign, maxAmps: settings.ratedAmps };

  return {
    id,
    version,
    hear(message, now) {
      const car = live(now);
      if (message.name === 'masterLinkready2') {
        announcements++;
        if (announcements === 2) said.push({ message: linkready, at: now + ANNOUNCES_AFTER });
        return;
      }
      if (!('receiver' in message) || message.receiver !== id) return;
      if (message.name === 'masterHeartbeatLimit') order(message.limitAmps, message.command, now, car);
      if (message.name === 'masterHeartbeatLimit' || message.name === 'masterHeartbeat') {
        master = message.sender;
        masterAt = now;
        linkreadyAt = now + LINKREADY_EVERY;
        answer(heartbeat(master, now), now);
        return;
      }
      if (version === 2 && message.name === 'startRequest') relayOpen = false;
      if (version === 2 && message.name === 'stopRequest') relayOpen = true;
      const found = reply(message.name, car);
      if (found) answer(found, now);
    },
    speak(now) {
      live(now);
      const due = said.filter(({ at }) => at <= now).map(({ message }) => message);
      said = said.filter(({ at }) => at > now);
      if (linkreadyAt > now) return due;
      linkreadyAt = now + LINKREADY_EVERY;
      return [...due, linkready];
    },
    get wakeAt() {
      return Math.min(linkreadyAt, ...said.map(({ at }) => at));
    },
    actual(now) {
      live(now);
      return actual;
    },
    wattHours(now) {
      live(now);
      return wattHours;
    },
  };
}
