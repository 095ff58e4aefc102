// A house in which much goes wrong: what happens in it, and an account of the amps that its cars truly take.

import type { TwcId } from '../src/protocol/field.ts';
import type { MasterMessage, SlaveMessage } from '../src/protocol/messages.ts';
import type { Car, Slave } from '../src/simulator/slave.ts';
import { Contradictions } from './contradictions.ts';
import type { Disturbance, HouseUnit, Loss } from './unkind-events.ts';
import { turns } from './unkind-turns.ts';
import { changed, createWorld, heartbeats, id, slave, tesla, type World } from './world.ts';

const names = ['1A2B', '3C4D', '5E6F'] as const;
const RIVAL = id('035D');
/** What an unseen car that wakes takes before the others have followed is no fault: 6 A for so long (docs/safety.md). */
const WAKES_WITHIN = 20_000;
const WAKING_AMPS = 6;
/** Another master is waited for, and then what it left is put right. */
const AFTER_RIVAL = 45_000;
/** What a master left before the start is put right by then; until then nothing comes to it. */
const AFTER_START = 60_000;
const STEP = 500;
const GAP = 1_500;
const SETTLES = 60_000;
/** The meter shows half amperes, and limits are whole. */
const ROUNDING = 0.05;

interface Resident {
  readonly name: TwcId;
  readonly version: 1 | 2;
  readonly slave: Slave;
  readonly heardFrom: number;
  car: Car | undefined;
  /** Whether the bridge has heard of this car while it was awake. */
  seen: boolean;
  wokeUnseenAt: number;
  loss: Loss;
  /** Until when it has no power. */
  offUntil: number;
  lostAnswers: number;
  /** When the bridge heard its answers. */
  readonly answeredAt: number[];
  charging: boolean;
  limit: number;
}

export class House {
  readonly #residents: Resident[];
  readonly #world: World;
  readonly #contradictions: Contradictions;
  readonly #hardCircuit: number;
  /** What the units were left with at the start, A. */
  readonly #left: number;
  readonly #problems = new Set<string>();
  /** The times in which the bridge does not speak: it is down, or silent beside another master. */
  readonly #silences: { readonly from: number; readonly to: number; readonly rival: boolean }[] = [];
  #circuit: number;
  #rivalUntil = Number.NEGATIVE_INFINITY;
  #rivalAmps: readonly number[] = [];
  #rivalTurn = 0;
  #calmFrom = Number.POSITIVE_INFINITY;
  /** When the adapter is plugged in again, where it is not. */
  #pluggedAt: number | undefined;

  constructor(units: readonly HouseUnit[], { circuit, relay }: { circuit: number; relay: boolean }) {
    this.#residents = units.map((unit, i) => this.#settle(unit, names[i] ?? ''));
    this.#left = units.reduce((sum, { left }) => sum + left, 0);
    for (const [i, { left }] of units.entries()) if (left > 0) this.#rivalTells(i, left, 0);
    this.#hardCircuit = circuit;
    this.#circuit = circuit;
    this.#world = createWorld({
      slaves: this.#residents.map((one) => this.#heardSlave(one)),
      limits: { maxAmpsForSlaves: circuit, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 },
      relay,
      acknowledgesAfter: 50,
      formerMaster: true,
      debug: false,
    });
    this.#contradictions = new Contradictions(this.#world);
  }

  /** Lets the house live up to a second of its life. */
  live(second: number): void {
    while (this.#world.now() < second * 1_000) {
      if (this.#world.now() < this.#rivalUntil) this.#rivalSpeaks();
      if (this.#pluggedAt !== undefined && this.#world.now() >= this.#pluggedAt) this.#plugAdapter();
      this.#world.pass(STEP);
      this.#audit();
      for (const { name } of this.#residents) for (const one of this.#contradictions.of(name)) this.#problems.add(one);
    }
  }

  disturb({ unit, what }: Disturbance): void {
    const one = this.#residents[unit % this.#residents.length];
    if (!one) return;
    switch (what.type) {
      case 'plug':
        Object.assign(one, { car: { ...tesla, amps: what.amps }, seen: false });
        break;
      case 'unplug':
        Object.assign(one, { car: undefined, seen: false });
        break;
      case 'mood':
        this.#setMood(one, what.mood);
        break;
      case 'loss':
        one.loss = what.loss;
        break;
      case 'restart':
        this.#restart(what.after);
        break;
      case 'rival':
        this.#rivalAmps = what.amps;
        this.#rivalUntil = this.#world.now() + what.seconds * 1_000;
        this.#silences.push({ from: this.#world.now(), to: this.#rivalUntil + AFTER_RIVAL, rival: true });
        break;
      case 'power':
        one.offUntil = this.#world.now() + what.seconds * 1_000;
        break;
      case 'cable':
        this.#unplugAdapter(what.seconds * 1_000);
        break;
      case 'limit':
        one.limit = what.amps;
        this.#command(`${one.name}/set/limit`, what.amps);
        break;
      case 'charging':
        one.charging = what.enabled;
        if (what.enabled && one.limit === 0) one.limit = 32;
        this.#command(`${one.name}/set/charging`, what.enabled ? 1 : 0);
        break;
      case 'circuit':
        if (what.amps <= this.#hardCircuit) this.#circuit = what.amps;
        this.#command('control/maxAmps', what.amps);
        break;
    }
  }

  /** Nothing happens from now on. */
  calm(): void {
    this.#calmFrom = this.#world.now();
    this.#rivalUntil = Math.min(this.#rivalUntil, this.#calmFrom);
    for (const one of this.#residents) one.offUntil = Math.min(one.offUntil, this.#calmFrom);
    if (this.#pluggedAt !== undefined) this.#plugAdapter();
  }

  /** What was not as it should be. */
  problems(): readonly string[] {
    this.#auditWaiting();
    for (const one of this.#residents) {
      for (const turn of turns(this.#world, one.name, this.#calmFrom + SETTLES)) this.#problems.add(turn);
      this.#auditGaps(one);
    }
    return [...this.#problems];
  }

  #settle({ amps, version, left: _, unheardFor, ...unit }: HouseUnit, name: string): Resident {
    const car = amps === null ? undefined : { ...tesla, amps };
    const { silentRelay, echoesLimit, ...rest } = unit;
    const one: Resident = {
      name: id(name),
      version,
      slave: slave(name, {
        ...rest,
        version,
        car: (now) => (now < one.offUntil ? undefined : one.car),
        ...(silentRelay && { silentRelay }),
        ...(echoesLimit && { echoesLimit }),
      }),
      heardFrom: unheardFor * 1_000,
      car,
      seen: false,
      wokeUnseenAt: Number.NEGATIVE_INFINITY,
      loss: 'none',
      offUntil: Number.NEGATIVE_INFINITY,
      lostAnswers: 0,
      answeredAt: [],
      charging: true,
      limit: 32,
    };
    return one;
  }

  /** The unit as it is heard through its line. */
  #heardSlave(one: Resident): Slave {
    return changed(one.slave, {
      received: (message, now) => void (now < one.offUntil || one.slave.received(message, now)),
      nextMessages: (now) => {
        const heard = one.slave.nextMessages(now).filter((message) => this.#arrives(one, message, now));
        for (const message of heard) if (message.name === 'slaveHeartbeat') this.#noteAnswer(one, now);
        return heard;
      },
    });
  }

  #arrives(one: Resident, message: SlaveMessage, now: number): boolean {
    if (one.loss === 'all' || now < one.heardFrom || now < one.offUntil) return false;
    if (one.loss === 'answers') return message.name === 'slaveLinkready';
    return one.loss === 'none' || one.lostAnswers++ % 3 === 0;
  }

  #noteAnswer(one: Resident, now: number): void {
    if (this.#isSilent(now, now)) return;
    one.answeredAt.push(now);
    if (one.car && one.car.mood !== 'asleep') one.seen = true;
  }

  #setMood(one: Resident, mood: Car['mood'] | undefined): void {
    if (!one.car) return;
    const wakes = one.car.mood === 'asleep' && mood !== 'asleep';
    if (wakes && !one.seen) one.wokeUnseenAt = this.#world.now();
    const { mood: _, ...car } = one.car;
    one.car = mood ? { ...car, mood } : car;
  }

  #restart(after: number): void {
    const from = this.#world.now();
    this.#silences.push({ from, to: from + after + 2_000, rival: false });
    this.#pluggedAt = undefined;
    this.#world.restart(after);
  }

  #unplugAdapter(duration: number): void {
    const from = this.#world.now();
    this.#silences.push({ from, to: from + duration + 2_000, rival: false });
    this.#pluggedAt = from + duration;
    this.#world.input({ type: 'link', up: false, reason: 'it was unplugged' });
  }

  #plugAdapter(): void {
    this.#pluggedAt = undefined;
    this.#world.input({ type: 'link', up: true });
  }

  #rivalSpeaks(): void {
    const turn = this.#rivalTurn++ % this.#residents.length;
    const order = this.#rivalTells(turn, this.#rivalAmps[turn] ?? 0, this.#world.now());
    if (order) this.#world.overhear(order);
  }

  /** Another master gives a unit a limit. */
  #rivalTells(turn: number, limitAmps: number, now: number): MasterMessage | undefined {
    const one = this.#residents[turn];
    if (!one) return undefined;
    const command = one.version === 1 ? 0x05 : 0x09;
    const address = { sender: RIVAL, receiver: one.name, masterPluggedIn: false } as const;
    const order = { name: 'masterHeartbeatLimit', ...address, command, limitAmps } as const;
    if (now >= one.offUntil) one.slave.received(order, now);
    return order;
  }

  #command(topic: string, amps: number): void {
    this.#world.input({ type: 'message', topic: `TWC/${topic}`, payload: String(amps), retained: false });
  }

  #isSilent(from: number, to: number): boolean {
    return this.#silences.some((silence) => from <= silence.to && to >= silence.from);
  }

  #audit(): void {
    const now = this.#world.now();
    if (this.#silences.some(({ from, to, rival }) => rival && now >= from && now <= to)) return;
    const sum = this.#residents.reduce((amps, { slave }) => amps + slave.amps(now), 0);
    const waking = this.#residents.filter(({ wokeUnseenAt }) => now - wokeUnseenAt < WAKES_WITHIN).length;
    const most = now < AFTER_START ? Math.max(this.#hardCircuit, this.#left) : this.#hardCircuit;
    if (sum <= most + WAKING_AMPS * waking + ROUNDING) return;
    const each = this.#residents.map(({ name, slave }) => `${name} ${slave.amps(now).toFixed(1)}`).join(', ');
    if (this.#problems.size < 5) {
      this.#problems.add(`${now / 1_000} s: ${sum.toFixed(1)} of ${this.#hardCircuit} A: ${each}`);
    }
  }

  /** A car that wants charges where the circuit has 6 A for every charger. */
  #auditWaiting(): void {
    const now = this.#world.now();
    if (this.#circuit < WAKING_AMPS * this.#residents.length) return;
    for (const { name, slave, car, loss, charging, limit } of this.#residents) {
      const wants = car && !car.mood && loss === 'none' && charging && limit >= 6;
      if (wants && slave.amps(now) < 1) this.#problems.add(`${name} waits at the end`);
    }
  }

  /** A charger that answered gets its next heartbeat soon. */
  #auditGaps({ name, answeredAt }: Resident): void {
    const sent = heartbeats(this.#world, name).map(({ at }) => at);
    for (const [i, at] of sent.entries()) {
      const before = sent[i - 1] ?? at;
      if (at - before <= GAP || this.#isSilent(before, at)) continue;
      if (answeredAt.some((answered) => answered >= before && answered <= before + GAP)) {
        this.#problems.add(`${at / 1_000} s: ${name} waited ${at - before} ms for its heartbeat`);
      }
    }
  }
}
