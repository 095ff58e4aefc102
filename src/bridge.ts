// The heart: outputs = step(input, now). Bytes, the broker's word and time go in; bytes, publications and log lines come
// out. No I/O, no clock, no timer, so a recorded session is a test. `now` is monotonic, in milliseconds.

import type { BridgeSettings } from './bridge-settings.ts';
import { Bus } from './bus/bus.ts';
import type { Finding } from './bus/finding.ts';
import type { Charger } from './charger/charger.ts';
import { confirmed, type Fleet } from './charger/fleet.ts';
import { Control, describeCommand } from './control/targets.ts';
import { Mqtt } from './mqtt.ts';
import { SessionTracker } from './session/tracker.ts';
import type { Bridge, Input, Output, Saved } from './step.ts';
import { BridgeStatsTracker } from './topics/bridge-stats.ts';
import { ChargeStatuses } from './topics/charge-status.ts';
import { commandNames, type ParsedCommand, parseCommand } from './topics/commands.ts';
import { Hints } from './topics/hints.ts';
import { Joined } from './topics/joined.ts';
import { minutesIn } from './topics/minutes.ts';
import type { ChargeNow, Order, Overview } from './topics/row.ts';
import { Values } from './topics/values.ts';

/** Chargers are told within this time or not at all. */
const SHUTDOWN_WITHIN = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

export function createBridge(settings: BridgeSettings, startedAt: number): Bridge {
  return new Heart(settings, startedAt);
}

class Heart implements Bridge {
  readonly #settings: BridgeSettings;
  readonly #inControl: boolean;
  readonly #stats: BridgeStatsTracker;
  readonly #bus: Bus;
  readonly #control: Control;
  readonly #sessions: SessionTracker;
  readonly #chargeStatuses = new ChargeStatuses();
  readonly #values: Values;
  readonly #minuteOf: (at: number) => string;
  readonly #mqtt: Mqtt;
  readonly #hints: Hints;
  readonly #joined = new Joined<Finding>();
  #chargeNow: ChargeNow;
  #outputs: Output[] = [];
  #shutdownBy = NEVER;
  #findings: readonly Finding[] = [];
  #saved: Saved;
  #chargers: readonly Charger[] = [];
  #chargersOfFleet: Fleet | undefined;
  #busWakeAt = Number.NEGATIVE_INFINITY;

  constructor(settings: BridgeSettings, startedAt: number) {
    const log = this.#log.bind(this);
    this.#settings = settings;
    this.#saved = { ...settings, chargers: settings.savedChargers };
    this.#inControl = settings.mode === 'master';
    this.#hints = new Hints(settings, log);
    this.#chargeNow = { amps: settings.limits.maxAmpsForSlaves, minutes: 60 };
    this.#stats = new BridgeStatsTracker(startedAt);
    this.#bus = new Bus(settings, log, startedAt);
    this.#control = new Control(settings.limits, settings.lease, settings.setPoints, startedAt);
    this.#sessions = new SessionTracker(settings, startedAt);
    this.#values = new Values(settings);
    this.#minuteOf = minutesIn(settings.zone, settings.wallClock);
    const discovery = { ...settings, ...settings.discovery, inControl: this.#inControl };
    this.#mqtt = new Mqtt({ ...settings, discovery, commands: this.#inControl ? commandNames : [] }, log);
  }

  step(input: Input, now: number): readonly Output[] {
    this.#outputs = [];
    this.#received(input, now);
    const stopped = (input.type !== 'delivered' || now >= this.#busWakeAt) && this.#advance(now);
    const { subscriptions, publications } = this.#mqtt.due(this.#shownChargers(), now);
    // What is published is saved before.
    this.#save();
    for (const topic of subscriptions) this.#outputs.push({ type: 'subscribe', topic });
    for (const publication of publications) this.#outputs.push({ type: 'publish', ...publication });
    if (stopped) this.#outputs.push({ type: 'stopped' });
    return this.#outputs;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  wakeAt(_now: number): number {
    return Math.min(this.#busWakeAt, this.#mqtt.wakeAt);
  }

  lastFrame(now: number): Uint8Array | 'done' | undefined {
    return this.#bus.shutdown() ? 'done' : this.#bus.nextFrame(this.#control.targets, now);
  }

  #received(input: Input, now: number): void {
    this.#stats.received(input);
    switch (input.type) {
      case 'link':
        if (input.up) this.#bus.opened(now);
        else this.#bus.closed(input.reason);
        break;
      case 'bytes':
        this.#bus.received(input.bytes, now);
        break;
      case 'broker':
        this.#mqtt.broker(input.up, now);
        break;
      case 'delivered':
        this.#mqtt.acknowledged(input.topic, input.refused === true, now);
        break;
      case 'message':
        this.#receivedMessage(input, now);
        break;
      case 'shutdown':
        this.#shutdownBy = now + SHUTDOWN_WITHIN;
        this.#sessions.saveSoon();
        break;
      case 'time':
        break;
    }
  }

  #receivedMessage({ topic, payload, retained }: Extract<Input, { type: 'message' }>, now: number): void {
    const name = this.#mqtt.received(topic, payload, retained, now);
    for (const charger of this.#shownChargers()) if (this.#mqtt.isDeleted(charger, topic)) this.#forget(charger, now);
    if (name === undefined || !this.#inControl) return;
    const parsed = parseCommand(name, payload, retained, this.#overview(now));
    if (parsed) this.#apply(topic, parsed, now);
  }

  #apply(topic: string, parsed: ParsedCommand, now: number): void {
    if (parsed.shownAt !== undefined) this.#mqtt.repeat(parsed.shownAt);
    if ('command' in parsed) {
      this.#outputs.push({ type: 'answer', refusal: undefined });
      this.#order(parsed.command, now);
    } else {
      this.#outputs.push({ type: 'answer', refusal: parsed.refusal });
      this.#log('warn', `${topic}: ${parsed.refusal}`);
    }
  }

  #order(order: Order, now: number): void {
    if (order.type === 'prepareChargeNow') {
      const { type, ...change } = order;
      this.#chargeNow = { ...this.#chargeNow, ...change };
    } else {
      this.#control.apply(order, now);
      this.#log('info', `command: ${describeCommand(order)}`);
    }
  }

  /** Who deletes a charger in Home Assistant that is not there has no more use for it. */
  #forget(charger: Charger, now: number): void {
    const { id } = charger;
    if (!this.#bus.forget(id, now)) return;
    this.#control.forget(id);
    const emptied = this.#values.forget(id);
    this.#mqtt.forget(charger, emptied);
    this.#outputs.push({ type: 'show', changes: emptied });
    this.#log('info', `${id}: deleted in Home Assistant while it is not heard, and forgotten until it is`);
  }

  /** Everything but the broker's side takes notice of what came and of the time. True when the bridge has stopped. */
  #advance(now: number): boolean {
    const bus = this.#bus;
    const control = this.#control;
    bus.advance(now);
    for (const session of this.#sessions.advance(bus.fleet, now)) this.#outputs.push({ type: 'endSession', session });
    if (control.advance(now)) this.#log('info', 'set points that were given for a time are over');
    const bytes = bus.nextFrame(control.targets, now);
    if (bytes) this.#outputs.push({ type: 'send', bytes });
    const stopped = this.#shutdown(now);
    this.#show(now);
    const others = Math.min(control.wakeAt, this.#sessions.wakeAt, this.#stats.wakeAt, this.#shutdownBy);
    this.#busWakeAt = Math.min(bus.wakeAt(now), others);
    return stopped;
  }

  /** True when the chargers and the broker have been told. */
  #shutdown(now: number): boolean {
    if (this.#shutdownBy === NEVER) return false;
    if (!this.#bus.shutdown() && now < this.#shutdownBy) return false;
    this.#shutdownBy = NEVER;
    this.#bus.closed(undefined);
    this.#mqtt.shutdown();
    this.#mqtt.publish(this.#values.shutdown());
    return true;
  }

  #show(now: number): void {
    const chargers = this.#shownChargers();
    const { targets } = this.#control;
    const hints = this.#hints.findings(chargers, targets, now);
    this.#findings = this.#joined.of(this.#bus.findings(targets, now), this.#mqtt.findings, hints);
    this.#chargeStatuses.advance(chargers, now);
    const overview = this.#overview(now);
    const changes = this.#values.changes(overview);
    if (changes.length === 0) return;
    this.#mqtt.publish(changes);
    this.#outputs.push({ type: 'show', changes });
  }

  #overview(now: number): Overview {
    const { targets, setPoints } = this.#control;
    return {
      now,
      chargers: this.#shownChargers(),
      limits: this.#settings.limits,
      findings: this.#findings,
      targets,
      setPoints,
      chargeNow: this.#chargeNow,
      leaseLeft: this.#control.leaseLeft(now),
      sessions: this.#sessions.shown,
      chargeStatuses: this.#chargeStatuses.all,
      vehicles: this.#settings.vehicles,
      instance: this.#settings.instance,
      inControl: this.#inControl,
      stats: this.#stats.current(now, (at) => this.#bus.counts(at)),
      minuteOf: this.#minuteOf,
    };
  }

  #shownChargers(): readonly Charger[] {
    const { fleet } = this.#bus;
    if (fleet !== this.#chargersOfFleet) {
      this.#chargersOfFleet = fleet;
      this.#chargers = confirmed(fleet);
    }
    return this.#chargers;
  }

  #save(): void {
    const { announced, prefixes } = this.#mqtt;
    const chargers = this.#bus.savedChargers;
    const { setPoints } = this.#control;
    const sessions = this.#sessions.saved;
    const saved = this.#saved;
    const isSame = chargers === saved.chargers && sessions === saved.sessions && setPoints === saved.setPoints;
    if (isSame && announced === saved.announced && prefixes === saved.prefixes) return;
    this.#saved = { chargers, announced, prefixes, setPoints, sessions };
    this.#outputs.push({ type: 'save', ...this.#saved });
  }

  #log(level: 'warn' | 'info' | 'debug', text: string | (() => string)): void {
    if (level === 'debug' && !this.#settings.debug) return;
    const line = typeof text === 'string' ? text : text();
    if (level === 'warn') this.#stats.warned(line);
    this.#outputs.push({ type: 'log', level, text: line });
  }
}
