// The heart: outputs = step(input, now). Bytes, the broker's word and time go in; bytes, publications and log lines come
// out. No I/O, no clock, no timer, so a recorded session is a test. `now` is monotonic, in milliseconds.

import type { Finding } from './bus/finding.ts';
import { createTraffic, type TrafficSettings } from './bus/traffic.ts';
import { confirmed, type Fleet } from './charger/fleet.ts';
import type { ChargerRecord } from './charger/record.ts';
import { createControl, inWords, type LeaseSettings, type SetPoints } from './charger/wishes.ts';
import type { DiscoverySettings } from './home-assistant/discovery.ts';
import { createHomeAssistant } from './home-assistant/home-assistant.ts';
import { createCondition } from './topics/condition.ts';
import { createPublisher, type Publication } from './topics/publisher.ts';
import { type Request, request, requestTopics } from './topics/requests.ts';
import type { Overview } from './topics/topic.ts';
import { type TopicSettings, values } from './topics/values.ts';

export interface BridgeSettings extends TopicSettings, TrafficSettings {
  readonly discovery: Omit<DiscoverySettings, 'limits'>;
  readonly lease: LeaseSettings;
  /** The set points known from before a restart. */
  readonly setPoints: SetPoints;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
}

export type Input =
  | { readonly is: 'link'; readonly up: true }
  | { readonly is: 'link'; readonly up: false; readonly reason: string }
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  | { readonly is: 'broker'; readonly up: boolean; readonly reason?: string }
  /** The broker acknowledged, or refused, the last publication of this topic. */
  | { readonly is: 'delivered'; readonly topic: string }
  /** A message came on a topic that we subscribed to. */
  | { readonly is: 'message'; readonly topic: string; readonly payload: string; readonly retained: boolean }
  | { readonly is: 'time' }
  /** The bridge is to end: chargers are told first, then comes the output `left`. */
  | { readonly is: 'leave' };

export type Output =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  | ({ readonly do: 'publish' } & Publication)
  | { readonly do: 'log'; readonly level: 'warn' | 'info' | 'debug'; readonly text: string }
  | { readonly do: 'subscribe'; readonly topic: string }
  | ({ readonly do: 'save' } & Remembered)
  | { readonly do: 'left' };

/** What is to survive a restart. */
interface Remembered {
  readonly chargers: readonly ChargerRecord[];
  readonly announced: readonly string[];
  readonly setPoints: SetPoints;
}

export interface Bridge {
  step(input: Input, now: number): readonly Output[];
  /** When the next `time` is due. */
  wakeAt(now: number): number;
  /** What is wrong and what is worth knowing. */
  readonly findings: readonly Finding[];
}

/** Chargers are told within this time or not at all. */
const LEAVE_WITHIN = 1_000;
/** What an earlier run announced comes from the broker right after subscribing; look at it before announcing anew. */
const LOOK_FIRST = 200;

export function createBridge(settings: BridgeSettings, startedAt: number): Bridge {
  const condition = createCondition(startedAt);
  function log(level: 'warn' | 'info' | 'debug', text: string): void {
    if (level === 'warn') condition.warned(text);
    outputs.push({ do: 'log', level, text });
  }
  const traffic = createTraffic(settings, log, startedAt);
  const control = createControl(settings.limits, settings.lease, settings.setPoints, startedAt);
  const homeAssistant = createHomeAssistant(
    { ...settings.discovery, limits: settings.limits },
    settings.announced,
    settings.random,
  );
  const publisher = createPublisher();
  const subscribed = new Set<string>();
  const inControl = settings.mode === 'master';
  let outputs: Output[] = [];
  let brokerUp = false;
  let tellAt = Number.POSITIVE_INFINITY;
  let leaveBy = Number.POSITIVE_INFINITY;
  let introduced: readonly ChargerRecord[] | undefined;
  let shown: Overview | undefined;
  let shownFleet: Fleet | undefined;
  let saved: Remembered = {
    chargers: settings.remembered,
    announced: settings.announced,
    setPoints: settings.setPoints,
  };

  function take(input: Input, now: number): void {
    condition.took(input);
    switch (input.is) {
      case 'link':
        if (input.up) traffic.opened(now);
        else traffic.closed(input.reason);
        break;
      case 'bytes':
        traffic.hears(input.bytes, now);
        break;
      case 'broker':
        takeBroker(input.up);
        break;
      case 'delivered':
        takeDelivery(input.topic, now);
        break;
      case 'message':
        takeMessage(input, now);
        break;
      case 'leave':
        leaveBy = now + LEAVE_WITHIN;
        break;
      case 'time':
        break;
    }
  }

  function takeBroker(up: boolean): void {
    brokerUp = up;
    subscribed.clear();
    introduced = undefined;
    if (up) publisher.connected();
    else publisher.disconnected();
    tellAt = Number.POSITIVE_INFINITY;
    if (up && inControl) subscribe(requestTopics(settings.topicPrefix));
  }

  function takeDelivery(topic: string, now: number): void {
    const payload = publisher.delivered(topic);
    if (payload !== undefined && homeAssistant.delivered(topic, payload, now)) publisher.forget(topic);
  }

  function takeMessage({ topic, payload, retained }: Extract<Input, { is: 'message' }>, now: number): void {
    const asked = inControl && request(topic, payload, retained, { ...settings, fleet: traffic.fleet });
    if (asked) obey(asked, now);
    const heard = homeAssistant.hears(topic, payload, retained, now);
    if (heard === 'found') introduced = undefined;
    if (heard !== 'deleted') return;
    publisher.forget(topic);
    log('info', `${topic}: deleted in Home Assistant, not announced again before a restart`);
  }

  function obey(asked: Request, now: number): void {
    if ('command' in asked) {
      control.accept(asked.command, now);
      log('info', `command: ${inWords(asked.command)}`);
    } else {
      log('warn', asked.refusal);
      if (asked.shownAt !== undefined) publisher.repeat(asked.shownAt);
    }
  }

  function speak(now: number): void {
    const bytes = traffic.speaks(control.wishes, now);
    if (bytes) outputs.push({ do: 'send', bytes });
  }

  function leave(now: number): void {
    if (leaveBy === Number.POSITIVE_INFINITY) return;
    if (!traffic.leaves() && now < leaveBy) return;
    leaveBy = Number.POSITIVE_INFINITY;
    traffic.closed(undefined);
    outputs.push({ do: 'left' });
  }

  /** Values of what has changed since they were last shown. */
  function show(now: number): void {
    const { fleet } = traffic;
    const overview: Overview = {
      chargers: confirmed(fleet),
      limits: settings.limits,
      findings: traffic.findings(control.wishes, now),
      wishes: control.wishes,
      setPoints: control.setPoints,
      leaseLeft: control.leaseLeft(now),
      inControl,
      condition: condition.at(now, traffic.counts),
    };
    const wishesSame = overview.wishes === shown?.wishes;
    const restSame = overview.findings === shown?.findings && overview.condition === shown.condition;
    if (fleet === shownFleet && wishesSame && restSame) return;
    for (const value of values(overview, wishesSame ? shownFleet : undefined, settings)) publisher.want(value);
    shown = overview;
    shownFleet = fleet;
  }

  /** Home Assistant is told what it does not know yet. */
  function introduce(now: number): void {
    if (homeAssistant.asksAgain(now)) publisher.replay();
    if (!brokerUp) return;
    const { records } = traffic;
    if (records !== introduced) {
      introduced = records;
      subscribe(homeAssistant.subscriptions(confirmed(traffic.fleet)));
      tellAt = Math.min(tellAt, now + LOOK_FIRST);
    }
    if (now < Math.min(tellAt, homeAssistant.nextAt)) return;
    tellAt = Number.POSITIVE_INFINITY;
    for (const announced of homeAssistant.tells(confirmed(traffic.fleet), now)) publisher.want(announced);
  }

  function subscribe(topics: readonly string[]): void {
    for (const topic of topics) {
      if (subscribed.has(topic)) continue;
      subscribed.add(topic);
      outputs.push({ do: 'subscribe', topic });
    }
  }

  function save(): void {
    const { announced } = homeAssistant;
    const { setPoints } = control;
    const chargers = traffic.records;
    const same = chargers === saved.chargers && announced === saved.announced && setPoints === saved.setPoints;
    if (same) return;
    saved = { chargers, announced, setPoints };
    outputs.push({ do: 'save', ...saved });
  }

  return {
    step(input, now) {
      outputs = [];
      take(input, now);
      traffic.ages(now);
      if (control.ages(now)) log('info', 'set points that were given for a time are over');
      speak(now);
      leave(now);
      show(now);
      introduce(now);
      save();
      for (const publication of publisher.due(now)) outputs.push({ do: 'publish', ...publication });
      return outputs;
    },
    get findings() {
      return shown?.findings ?? [];
    },
    wakeAt(now) {
      const telling = brokerUp ? Math.min(homeAssistant.nextAt, tellAt) : Number.POSITIVE_INFINITY;
      return Math.min(traffic.wakeAt(now), publisher.nextAt, control.nextAt, condition.nextAt, telling, leaveBy);
    },
  };
}
