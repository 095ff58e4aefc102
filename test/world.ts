// A bridge and simulated slaves in simulated time: hours pass in milliseconds, and everything said is kept.

import { createBridge } from '../src/bridge.ts';
import type { BridgeSettings } from '../src/bridge-settings.ts';
import type { Fleet } from '../src/charger/fleet.ts';
import { decode, encode, type Version } from '../src/protocol/codec.ts';
import { isTwcId, type TwcId } from '../src/protocol/field.ts';
import type { MasterMessage, Message, SlaveMessage } from '../src/protocol/messages.ts';
import { Cutter, wire } from '../src/protocol/slip.ts';
import { createSimulatedBus } from '../src/simulator/bus.ts';
import { type Car, SimulatedSlave, type Slave, type SlaveSettings } from '../src/simulator/slave.ts';
import type { Bridge, Input, Output } from '../src/step.ts';

export function id(text: string): TwcId {
  if (!isTwcId(text)) throw new Error(`no TWCID: ${text}`);
  return text;
}

export const own = id('7777');
export const tesla: Car = { amps: 16, phases: 3, vin: '5YJ3E1EA2KF000317' };

export function slave(name: string, settings: Partial<SlaveSettings> = {}): Slave {
  return new SimulatedSlave({
    id: id(name),
    version: 2,
    ratedAmps: 32,
    volts: [230, 230, 230],
    counter: 924,
    counterIn: 'kWh',
    serial: `A18K000${name}`,
    firmware: '4.5.3.2',
    car: () => tesla,
    ...settings,
  });
}

/** A slave that does some things in another way. */
export function changed(slave: Slave, changes: Partial<Slave>): Slave {
  const same: Slave = {
    id: slave.id,
    version: slave.version,
    received: (message, now) => slave.received(message, now),
    nextMessages: (now) => slave.nextMessages(now),
    get wakeAt() {
      return slave.wakeAt;
    },
    amps: (now) => slave.amps(now),
    wattHours: (now) => slave.wattHours(now),
  };
  return Object.defineProperties(same, Object.getOwnPropertyDescriptors(changes));
}

/** A slave that can be taken off the bus. */
export function switchable(slave: Slave, there: () => boolean): Slave {
  return changed(slave, {
    received: (message, now) => void (there() && slave.received(message, now)),
    nextMessages: (now) => (there() ? slave.nextMessages(now) : []),
    get wakeAt() {
      return there() ? slave.wakeAt : Number.POSITIVE_INFINITY;
    },
  });
}

export const limits = { maxAmpsForSlaves: 32, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };

/** What a test does not say. */
export const defaults: BridgeSettings = {
  mode: 'master',
  id: own,
  limits,
  relay: false,
  askPlugState: false,
  energyUnit: 'auto',
  savedChargers: [],
  formerMaster: false,
  chargerSettings: new Map(),
  vehicles: new Map(),
  refresh: 0,
  topicPrefix: 'TWC',
  ratelimit: 0,
  ratelimitOverrides: {},
  discovery: { mode: 'off', prefix: 'homeassistant', topicPrefix: 'TWC', version: '0.0.0' },
  lease: { leaseSeconds: 0, safeAmps: 6 },
  setPoints: { chargers: {} },
  announced: [],
  instance: 'twc2mqtt-test',
  prefixes: [],
  debug: true,
  sessions: [],
  wallClock: (now) => Date.UTC(2026, 10, 25) + now,
  zone: 'Europe/Berlin',
  random: () => 0.5,
};

export interface Said {
  readonly at: number;
  readonly message: Message;
  readonly bytes: Uint8Array;
}

export interface Published {
  readonly at: number;
  readonly topic: string;
  readonly payload: string;
}

export interface World {
  readonly said: readonly Said[];
  readonly published: readonly Published[];
  readonly logs: readonly string[];
  readonly outputs: readonly Output[];
  now(): number;
  bridge(): Bridge;
  /** Lets time pass. */
  pass(milliseconds: number): void;
  input(input: Input): void;
  /** Kills the bridge and starts another, so many milliseconds later, that knows what the first one saved. */
  restart(after?: number): void;
  /** Somebody else says something on the bus. */
  overhear(message: MasterMessage | SlaveMessage, version?: Version): void;
  /** What a subscriber of everything has last got of a topic. */
  value(topic: string): string | undefined;
}

export interface WorldSettings extends Partial<BridgeSettings> {
  readonly slaves?: readonly Slave[];
  /** What becomes of the bytes on their way from the slaves. */
  readonly line?: (bytes: Uint8Array, now: number) => Uint8Array;
  /** How long the broker takes to acknowledge, undefined for never. */
  readonly acknowledgesAfter?: number | undefined;
  /** The broker gives back what was published, to who subscribed to it. */
  readonly keeps?: (topic: string) => boolean;
  readonly link?: boolean;
  readonly broker?: boolean;
  /** The adapter gives back what it sends. */
  readonly echo?: boolean;
  /** Somebody looks on. */
  readonly watched?: (bridge: Bridge) => Bridge;
}

/** A timer never fires sooner. */
const SHORTEST_WAIT = 1;

export function createWorld(settings: WorldSettings = {}): World {
  const {
    slaves = [],
    line = (bytes) => bytes,
    link = true,
    broker = true,
    echo = false,
    watched = (bridge) => bridge,
    keeps = () => true,
  } = settings;
  const acknowledgesAfter = 'acknowledgesAfter' in settings ? settings.acknowledgesAfter : 1;
  const bus = createSimulatedBus(slaves);
  let bridge = watched(createBridge({ ...defaults, ...settings }, 0));
  const said: Said[] = [];
  const published: Published[] = [];
  const logs: string[] = [];
  const all: Output[] = [];
  const subscribed = new Set<string>();
  let acknowledgements: { at: number; topic: string; payload: string }[] = [];
  let clock = 0;
  let running = true;

  function perform(outputs: readonly Output[]): void {
    for (const output of outputs) {
      all.push(output);
      if (output.type === 'subscribe') subscribed.add(output.topic);
      if (output.type === 'log') logs.push(`${output.level} ${output.text}`);
      if (output.type === 'publish') {
        published.push({ at: clock, topic: output.topic, payload: output.payload });
        if (acknowledgesAfter !== undefined) {
          const { topic, payload } = output;
          acknowledgements.push({ at: clock + acknowledgesAfter, topic, payload });
        }
      }
      if (output.type === 'send') {
        said.push({ at: clock, message: messageIn(output.bytes), bytes: output.bytes });
        bus.write(output.bytes, clock);
        if (echo) input({ type: 'bytes', bytes: output.bytes });
      }
    }
  }

  function input(given: Input): void {
    if (running) perform(bridge.step(given, clock));
  }

  function next(): number {
    const ours = running ? [bridge.wakeAt(clock), ...acknowledgements.map(({ at }) => at)] : [];
    return Math.min(bus.wakeAt, ...ours);
  }

  function happen(): void {
    const bytes = bus.read(clock);
    if (bytes.length > 0) input({ type: 'bytes', bytes: line(bytes, clock) });
    const due = acknowledgements.filter(({ at }) => at <= clock);
    acknowledgements = acknowledgements.filter(({ at }) => at > clock);
    for (const { topic, payload } of due) {
      input({ type: 'delivered', topic });
      if (keeps(topic) && [...subscribed].some((filter) => matches(filter, topic)))
        input({ type: 'message', topic, payload, retained: false });
    }
    input({ type: 'time' });
  }

  function connect(): void {
    if (broker) input({ type: 'broker', up: true });
    if (link) input({ type: 'link', up: true });
  }

  function pass(milliseconds: number): void {
    const end = clock + milliseconds;
    while (next() <= end) {
      clock = Math.max(clock + SHORTEST_WAIT, next());
      happen();
    }
    clock = end;
    input({ type: 'time' });
  }

  connect();

  return {
    said,
    published,
    logs,
    outputs: all,
    now: () => clock,
    bridge: () => bridge,
    pass,
    input,
    restart(after = 0) {
      running = false;
      pass(after);
      running = true;
      const saved = all.findLast((output) => output.type === 'save');
      const known = saved && { ...saved, savedChargers: saved.chargers };
      acknowledgements = [];
      bridge = watched(createBridge({ ...defaults, ...settings, ...known }, clock));
      connect();
    },
    overhear(message, version = 2) {
      input({ type: 'bytes', bytes: wire(encode(message, version)) });
    },
    value: (topic) => published.findLast((one) => one.topic === topic)?.payload,
  };
}

/** Whether a filter of a subscription is one for this topic. */
export function matches(filter: string, topic: string): boolean {
  if (filter.endsWith('/#')) return topic.startsWith(filter.slice(0, -1));
  const levels = topic.split('/');
  const wanted = filter.split('/');
  return wanted.length === levels.length && wanted.every((level, i) => level === '+' || level === levels[i]);
}

/** The heartbeats that went to a slave. */
export function heartbeats(world: World, to: string): Said[] {
  return world.said.filter(
    ({ message }) =>
      (message.name === 'masterHeartbeat' || message.name === 'masterHeartbeatLimit') && message.receiver === to,
  );
}

export function largestGap(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? at)));
}

/** A fleet that holds these chargers. */
export function fleetOf(...chargers: readonly (Fleet extends ReadonlyMap<TwcId, infer C> ? C : never)[]): Fleet {
  return new Map(chargers.map((charger) => [charger.id, charger]));
}

/** The message in the bytes that the bridge sends at once. */
export function messageIn(bytes: Uint8Array): Message {
  const frame = new Cutter().cut(bytes, 0)[0]?.frame;
  const decoded = frame && decode(frame);
  if (!decoded?.valid) throw new Error(`the bridge sent no valid frame: ${Buffer.from(bytes).toString('hex')}`);
  return decoded.message;
}
