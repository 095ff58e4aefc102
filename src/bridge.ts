// The heart: outputs = step(input, now). Bytes, the broker's word and time go in; bytes, publications and log lines come
// out. No I/O, no clock, no timer, so a recorded session is a test. `now` is monotonic, in milliseconds.

import { Bus, type BusSettings, type Log } from './bus/bus.ts';
import type { Finding } from './bus/finding.ts';
import type { AllChargerSettings } from './charger/charger-settings.ts';
import { confirmed, type Fleet } from './charger/fleet.ts';
import type { SavedCharger } from './charger/saved.ts';
import { createControl, describeCommand, type LeaseSettings, type SetPoints } from './control/targets.ts';
import type { DiscoverySettings } from './home-assistant/payloads.ts';
import { createMqtt } from './mqtt.ts';
import type { SessionRecord } from './session/record.ts';
import { createSessionTracker, type SavedSessions, type SessionSettings } from './session/tracker.ts';
import { createBridgeStats } from './topics/bridge-stats.ts';
import { commandTopics, type ParsedCommand, parseCommand } from './topics/commands.ts';
import type { Publication } from './topics/publisher.ts';
import type { Overview } from './topics/row.ts';
import { type TopicSettings, values } from './topics/values.ts';

export interface BridgeSettings extends TopicSettings, BusSettings, SessionSettings {
  readonly chargerSettings: AllChargerSettings;
  /** Names of cars by their VINs. */
  readonly vehicles: ReadonlyMap<string, string>;
  /** Every topic is published again after this time, in milliseconds; 0 for never. */
  readonly refresh: number;
  readonly discovery: Omit<DiscoverySettings, 'limits'>;
  readonly lease: LeaseSettings;
  /** The set points known from before a restart. */
  readonly setPoints: SetPoints;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** Whether lines of the level debug are wanted: there is one for every frame. */
  readonly debug: boolean;
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
}

export type Input =
  | { readonly type: 'link'; readonly up: true }
  | { readonly type: 'link'; readonly up: false; readonly reason: string }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'broker'; readonly up: boolean; readonly reason?: string }
  /** The broker acknowledged, or refused, the last publication of this topic. */
  | { readonly type: 'delivered'; readonly topic: string; readonly refused?: boolean }
  /** A message came on a topic that we subscribed to. */
  | { readonly type: 'message'; readonly topic: string; readonly payload: string; readonly retained: boolean }
  | { readonly type: 'time' }
  /** The bridge is to end: chargers are told first, then comes the output `stopped`. */
  | { readonly type: 'shutdown' };

export type Output =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | ({ readonly type: 'publish' } & Publication)
  /** What topics should say from now on, held back by no limit: for the page. */
  | { readonly type: 'show'; readonly values: readonly Publication[] }
  /** What became of a command: why it was refused, undefined if it was not. */
  | { readonly type: 'answer'; readonly refusal: string | undefined }
  | { readonly type: 'log'; readonly level: 'warn' | 'info' | 'debug'; readonly text: string }
  | { readonly type: 'subscribe'; readonly topic: string }
  | ({ readonly type: 'save' } & Saved)
  /** A session is over, to be kept for years. */
  | { readonly type: 'endSession'; readonly session: SessionRecord }
  | { readonly type: 'stopped' };

/** What is to survive a restart. */
interface Saved {
  readonly chargers: readonly SavedCharger[];
  readonly announced: readonly string[];
  readonly setPoints: SetPoints;
  readonly sessions: readonly SavedSessions[];
}

export interface Bridge {
  step(input: Input, now: number): readonly Output[];
  /** When the next `time` is due. */
  wakeAt(now: number): number;
  /**
   * For the case that `step` has thrown: what tells the chargers that the bridge ends, with no other part than the bus;
   * undefined while it has to wait for an answer, `done` when there is nothing more to say.
   */
  lastFrame(now: number): Uint8Array | 'done' | undefined;
  /** What is wrong and what is worth knowing. */
  readonly findings: readonly Finding[];
}

/** Chargers are told within this time or not at all. */
const SHUTDOWN_WITHIN = 1_000;

export function createBridge(settings: BridgeSettings, startedAt: number): Bridge {
  const stats = createBridgeStats(startedAt);
  const log: Log = (level, text) => {
    if (level === 'debug' && !settings.debug) return;
    const line = typeof text === 'string' ? text : text();
    if (level === 'warn') stats.warned(line);
    outputs.push({ type: 'log', level, text: line });
  };
  const bus = new Bus(settings, log, startedAt);
  const control = createControl(settings.limits, settings.lease, settings.setPoints, startedAt);
  const sessions = createSessionTracker(settings, startedAt);
  const inControl = settings.mode === 'master';
  const mqtt = createMqtt(
    {
      ...settings,
      discovery: { ...settings.discovery, limits: settings.limits },
      commands: inControl ? commandTopics(settings.topicPrefix) : [],
    },
    log,
  );
  let outputs: Output[] = [];
  let shutdownBy = Number.POSITIVE_INFINITY;
  let shown: Overview | undefined;
  let shownFleet: Fleet | undefined;
  let saved: Saved = { ...settings, chargers: settings.savedChargers };

  function received(input: Input, now: number): void {
    stats.received(input);
    switch (input.type) {
      case 'link':
        if (input.up) bus.opened(now);
        else bus.closed(input.reason);
        break;
      case 'bytes':
        bus.received(input.bytes, now);
        break;
      case 'broker':
        mqtt.broker(input.up);
        break;
      case 'delivered':
        mqtt.acknowledged(input.topic, input.refused === true, now);
        break;
      case 'message':
        receivedMessage(input, now);
        break;
      case 'shutdown':
        shutdownBy = now + SHUTDOWN_WITHIN;
        sessions.saveSoon();
        break;
      case 'time':
        break;
    }
  }

  function receivedMessage({ topic, payload, retained }: Extract<Input, { type: 'message' }>, now: number): void {
    const asked = inControl && parseCommand(topic, payload, retained, { ...settings, fleet: bus.fleet });
    if (asked) applyCommand(asked, now);
    mqtt.received(topic, payload, retained, now);
  }

  function applyCommand(asked: ParsedCommand, now: number): void {
    outputs.push({ type: 'answer', refusal: 'refusal' in asked ? asked.refusal : undefined });
    if ('command' in asked) {
      control.apply(asked.command, now);
      log('info', `command: ${describeCommand(asked.command)}`);
    } else {
      log('warn', asked.refusal);
      if (asked.shownAt !== undefined) mqtt.repeat(asked.shownAt);
    }
  }

  function sendNext(now: number): void {
    const bytes = bus.nextFrame(control.targets, now);
    if (bytes) outputs.push({ type: 'send', bytes });
  }

  function shutdown(now: number): void {
    if (shutdownBy === Number.POSITIVE_INFINITY) return;
    if (!bus.shutdown() && now < shutdownBy) return;
    shutdownBy = Number.POSITIVE_INFINITY;
    bus.closed(undefined);
    mqtt.shutdown();
    outputs.push({ type: 'stopped' });
  }

  /** Values of what has changed since they were last shown. */
  function show(now: number): void {
    const { fleet } = bus;
    const overview: Overview = {
      chargers: confirmed(fleet),
      limits: settings.limits,
      findings: bus.findings(control.targets, now),
      targets: control.targets,
      setPoints: control.setPoints,
      leaseLeft: control.leaseLeft(now),
      sessions: sessions.shown,
      inControl,
      stats: stats.current(now, bus.counts),
    };
    const wishesSame = overview.targets === shown?.targets && overview.sessions === shown.sessions;
    const restSame = overview.findings === shown?.findings && overview.stats === shown.stats;
    if (fleet === shownFleet && wishesSame && restSame) return;
    const newest = values(overview, wishesSame ? shownFleet : undefined, settings);
    mqtt.publish(newest);
    outputs.push({ type: 'show', values: newest });
    shown = overview;
    shownFleet = fleet;
  }

  function tell(now: number): void {
    const { fleet, savedChargers: records } = bus;
    const { subscriptions, publications } = mqtt.due(confirmed(fleet), records, now);
    for (const topic of subscriptions) outputs.push({ type: 'subscribe', topic });
    for (const publication of publications) outputs.push({ type: 'publish', ...publication });
  }

  function save(): void {
    const { announced } = mqtt;
    const { setPoints } = control;
    const newest: Saved = { chargers: bus.savedChargers, announced, setPoints, sessions: sessions.saved };
    const parts = ['chargers', 'announced', 'setPoints', 'sessions'] as const;
    if (parts.every((part) => newest[part] === saved[part])) return;
    saved = newest;
    outputs.push({ type: 'save', ...saved });
  }

  return {
    step(input, now) {
      outputs = [];
      received(input, now);
      bus.advance(now);
      for (const session of sessions.advance(bus.fleet, now)) outputs.push({ type: 'endSession', session });
      if (control.advance(now)) log('info', 'set points that were given for a time are over');
      sendNext(now);
      shutdown(now);
      show(now);
      tell(now);
      save();
      return outputs;
    },
    lastFrame: (now) => (bus.shutdown() ? 'done' : bus.nextFrame(control.targets, now)),
    get findings() {
      return shown?.findings ?? [];
    },
    wakeAt(now) {
      return Math.min(bus.wakeAt(now), mqtt.wakeAt, control.wakeAt, sessions.wakeAt, stats.wakeAt, shutdownBy);
    },
  };
}
