// A simulated slave that speaks real frames (protocol 4.14). Time goes in, frames come out; no clock of its own. The
// ramps and what happens after a lost master are approximations.

import type { Version } from '../protocol/codec.ts';
import type { Phases, TwcId } from '../protocol/field.ts';
import type { Message, SlaveMessage } from '../protocol/messages.ts';
import { plugStates, type StateName, states } from '../protocol/states.ts';

export interface Car {
  /** What it takes at most, A. */
  readonly amps: number;
  readonly phases: 1 | 3;
  /** Empty for a car that tells none. */
  readonly vin: string;
  /** A car that is full takes nothing; one that sleeps cannot be told from an empty plug either. It charges unless this says so. */
  readonly mood?: 'full' | 'asleep';
  /** What it takes of an ampere that it may, for a car that takes too much. A good one stays a little below its limit. */
  readonly takes?: number;
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
  /** What its meter makes of an ampere; 1 where it is right. */
  readonly meterFactor?: number;
  /** It echoes the command that carries a limit, with or without a car: some do. */
  readonly echoesLimit?: true;
  /** It does not acknowledge what it is told to do with its relay. */
  readonly silentRelay?: true;
  /** The car that is plugged in at a time (ms), undefined for none. */
  readonly car: (now: number) => Car | undefined;
}

/** A unit on a simulated bus. Times are milliseconds. */
export interface Slave {
  readonly id: TwcId;
  readonly version: Version;
  /** A valid frame was on the bus. */
  received(message: Message, now: number): void;
  /** What it says now. */
  nextMessages(now: number): readonly SlaveMessage[];
  readonly wakeAt: number;
  /** What it draws, A: for a test that checks a bridge against it. */
  amps(now: number): number;
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
const V1_LEAST = 5;
const V2_FLOOR = 6;

/** A slave as it should be. */
export class SimulatedSlave implements Slave {
  readonly #settings: SlaveSettings;
  #outgoing: { readonly message: SlaveMessage; readonly at: number }[] = [];
  #masterAt = Number.NEGATIVE_INFINITY;
  #linkreadyAt = 0;
  #announcements = 0;
  #limit = 0;
  #limitSince = Number.NEGATIVE_INFINITY;
  #limitToldAt = Number.NEGATIVE_INFINITY;
  #amps = 0;
  #wattHours: number;
  #livedTo = 0;
  #relayOpen = false;

  constructor(settings: SlaveSettings) {
    this.#settings = settings;
    this.#wattHours = settings.counterIn === 'kWh' ? settings.counter * 1_000 : settings.counter;
  }

  get id(): TwcId {
    return this.#settings.id;
  }

  get version(): Version {
    return this.#settings.version;
  }

  get wakeAt(): number {
    return Math.min(this.#linkreadyAt, ...this.#outgoing.map(({ at }) => at));
  }

  received(message: Message, now: number): void {
    const car = this.#live(now);
    if (message.name === 'masterLinkready2') this.#announced(now);
    if (!('receiver' in message) || message.receiver !== this.id) return;
    if (message.name === 'masterHeartbeatLimit') this.#setLimit(message.limitAmps, message.command, now, car);
    if (message.name === 'masterHeartbeatLimit' || message.name === 'masterHeartbeat') {
      this.#masterAt = now;
      this.#linkreadyAt = now + LINKREADY_EVERY;
      this.#answer(this.#heartbeat(message.sender, now), now);
      return;
    }
    if (this.version === 2 && message.name === 'startRequest') this.#relayOpen = false;
    if (this.version === 2 && message.name === 'stopRequest') this.#relayOpen = true;
    const reply = this.#reply(message.name, car);
    if (reply) this.#answer(reply, now);
  }

  nextMessages(now: number): readonly SlaveMessage[] {
    this.#live(now);
    const due = this.#outgoing.filter(({ at }) => at <= now).map(({ message }) => message);
    this.#outgoing = this.#outgoing.filter(({ at }) => at > now);
    if (this.#linkreadyAt > now) return due;
    this.#linkreadyAt = now + LINKREADY_EVERY;
    return [...due, this.#linkready];
  }

  amps(now: number): number {
    this.#live(now);
    return this.#amps;
  }

  wattHours(now: number): number {
    this.#live(now);
    return this.#wattHours;
  }

  /** Lets the car take what it may, up to now. */
  #live(now: number): Car | undefined {
    const seconds = Math.max(0, now - this.#livedTo) / 1_000;
    this.#livedTo = now;
    const car = this.#settings.car(now);
    if (!car) this.#limit = 0;
    const target = this.#target(car, now);
    const step = AMPS_PER_SECOND * seconds;
    // Up at the pace of a ramp; down at once, which is what a pilot signal forces.
    this.#amps = target > this.#amps ? Math.min(target, this.#amps + step) : target;
    this.#wattHours += (this.#watts(car) * seconds) / 3_600;
    return car;
  }

  /** What the car takes when it has followed its limit, A. */
  #target(car: Car | undefined, now: number): number {
    const linked = now - this.#masterAt < LOST_AFTER;
    const least = this.version === 1 ? V1_LEAST : V2_FLOOR;
    if (!car || car.mood || !linked || this.#relayOpen || this.#limit < least) return 0;
    const can = car.takes ? this.#limit * car.takes : this.#limit - BELOW_LIMIT;
    return Math.max(0, Math.min(can, car.amps));
  }

  #phaseAmps(car: Car | undefined): Phases {
    return car?.phases === 3 ? [this.#amps, this.#amps, this.#amps] : [this.#amps, 0, 0];
  }

  #watts(car: Car | undefined): number {
    const amps = this.#phaseAmps(car);
    return this.#settings.volts.reduce((sum, v, i) => sum + v * (amps[i] ?? 0), 0);
  }

  #state(car: Car | undefined, now: number): StateName {
    if (!car && this.#settings.echoesLimit && now - this.#limitToldAt < SETTLES_FOR) return 'limiting';
    if (!car || car.mood === 'asleep') return 'ready';
    if (car.mood === 'full') return 'doNotCharge';
    if (this.#limit === 0) return this.version === 1 ? 'doNotCharge' : 'readyToCharge';
    if (this.version === 2 && now - this.#limitSince < SETTLES_FOR) return 'limiting';
    return this.#amps > 0 ? 'charging' : 'readyToCharge';
  }

  #plugState(car: Car | undefined): keyof typeof plugStates {
    if (!car) return 'unplugged';
    return this.#amps > 0 ? 'charging' : 'plugged';
  }

  #setLimit(amps: number, command: number, now: number, car: Car | undefined): void {
    this.#limitToldAt = now;
    const ignored = !car || (this.version === 2 && command === 0x05 && this.#amps > 0);
    if (ignored) return;
    const accepted = this.version === 2 && amps < V2_FLOOR ? V2_FLOOR : amps;
    if (accepted !== this.#limit) this.#limitSince = now;
    this.#limit = accepted;
  }

  #announced(now: number): void {
    this.#announcements++;
    if (this.#announcements === 2) this.#outgoing.push({ message: this.#linkready, at: now + ANNOUNCES_AFTER });
  }

  #answer(message: SlaveMessage, now: number): void {
    this.#outgoing.push({ message, at: now + (this.#settings.answersAfter ?? ANSWERS_AFTER) });
  }

  get #linkready(): SlaveMessage {
    const { id, ratedAmps } = this.#settings;
    return { name: 'slaveLinkready', sender: id, sign: id.slice(2), maxAmps: ratedAmps };
  }

  #heartbeat(receiver: TwcId, now: number): SlaveMessage {
    const car = this.#settings.car(now);
    return {
      name: 'slaveHeartbeat',
      sender: this.id,
      receiver,
      state: states[this.#state(car, now)].code,
      limitAmps: car?.mood === 'asleep' ? 0 : this.#limit,
      actualAmps: Math.round(this.#amps * (this.#settings.meterFactor ?? 1) * 100) / 100,
    };
  }

  #reply(request: Message['name'], car: Car | undefined): SlaveMessage | undefined {
    const { id: sender, volts, counterIn, firmware, serial, mute, silentRelay, meterFactor = 1 } = this.#settings;
    if (this.version === 1 || mute) return undefined;
    const vin = car?.mood === 'asleep' ? '' : (car?.vin ?? '');
    const energyCounter = Math.floor(counterIn === 'kWh' ? this.#wattHours / 1_000 : this.#wattHours);
    const [a, b, c] = this.#phaseAmps(car).map((amps) => Math.round(amps * meterFactor * 2) / 2);
    const replies: Partial<Record<Message['name'], SlaveMessage>> = {
      meterRequest: { name: 'meterResponse', sender, energyCounter, volts, phaseAmps: [a ?? 0, b ?? 0, c ?? 0] },
      versionRequest: { name: 'versionResponse', sender, version: firmware },
      serialRequest: { name: 'serialResponse', sender, serial },
      vinRequest1: { name: 'vinResponse1', sender, vin: vin.slice(0, 7) },
      vinRequest2: { name: 'vinResponse2', sender, vin: vin.slice(7, 14) },
      vinRequest3: { name: 'vinResponse3', sender, vin: vin.slice(14) },
      plugStateRequest: { name: 'plugStateResponse', sender, plugState: plugStates[this.#plugState(car)].code },
      ...(!silentRelay && { startRequest: { name: 'startAck', sender }, stopRequest: { name: 'stopAck', sender } }),
    };
    return replies[request];
  }
}
