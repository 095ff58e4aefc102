// The heart: outputs = step(input, now). Bytes, the broker's word and time go in; bytes, publications and log lines come
// out. No I/O, no clock, no timer, so a recorded session is a test. `now` is monotonic, in milliseconds.

import { createTraffic, type TrafficSettings } from './bus/traffic.ts';
import { type ChargerRecord, record } from './charger/charger.ts';
import { confirmed, type Fleet } from './charger/fleet.ts';
import type { DiscoverySettings } from './home-assistant/discovery.ts';
import { createHomeAssistant } from './home-assistant/home-assistant.ts';
import { createPublisher, type Publication } from './topics/publisher.ts';
import { type TopicSettings, values } from './topics/values.ts';

export interface BridgeSettings extends TopicSettings, TrafficSettings {
  readonly discovery: DiscoverySettings;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
}

export type Input =
  | { readonly is: 'link'; readonly up: true }
  | { readonly is: 'link'; readonly up: false; readonly reason: string }
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  | { readonly is: 'broker'; readonly up: boolean }
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
  | { readonly do: 'save'; readonly chargers: readonly ChargerRecord[]; readonly announced: readonly string[] }
  | { readonly do: 'left' };

export interface Bridge {
  step(input: Input, now: number): readonly Output[];
  /** When the next `time` is due. */
  wakeAt(now: number): number;
}

/** Chargers are told within this time or not at all. */
const LEAVE_WITHIN = 1_000;

export function createBridge(settings: BridgeSettings, startedAt: number): Bridge {
  const log = (level: 'warn' | 'info' | 'debug', text: string) => void outputs.push({ do: 'log', level, text });
  const traffic = createTraffic(settings, log, startedAt);
  const homeAssistant = createHomeAssistant(settings.discovery, settings.announced, settings.random);
  const publisher = createPublisher();
  let outputs: Output[] = [];
  let brokerUp = false;
  let leaveBy = Number.POSITIVE_INFINITY;
  let shown: { readonly fleet: Fleet; readonly troubles: readonly string[] } | undefined;
  let saved = JSON.stringify([settings.remembered, settings.announced]);

  function take(input: Input, now: number): void {
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
        publisher.delivered(input.topic);
        if (homeAssistant.delivered(input.topic, now)) publisher.forget(input.topic);
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
    if (!up) return publisher.disconnected();
    publisher.connected();
    homeAssistant.connected();
  }

  function takeMessage({ topic, payload, retained }: Extract<Input, { is: 'message' }>, now: number): void {
    const deleted = homeAssistant.hears(topic, payload, retained, now);
    if (deleted === undefined) return;
    publisher.forget(deleted);
    log('info', `${deleted}: deleted in Home Assistant, not announced again before a restart`);
  }

  function speak(now: number): void {
    const bytes = traffic.speaks(now);
    if (bytes) outputs.push({ do: 'send', bytes });
  }

  function leave(now: number): void {
    if (leaveBy === Number.POSITIVE_INFINITY) return;
    if (!traffic.leaves() && now < leaveBy) return;
    leaveBy = Number.POSITIVE_INFINITY;
    traffic.closed('The bridge ends');
    outputs.push({ do: 'left' });
  }

  /** Values of what has changed since they were last shown. */
  function show(now: number): void {
    const { fleet } = traffic;
    const troubles = traffic.troubles(now);
    const before = shown?.troubles ?? [];
    const same = troubles.length === before.length && troubles.every((trouble, i) => trouble === before[i]);
    if (fleet === shown?.fleet && same) return;
    const overview = { chargers: confirmed(fleet), limits: settings.limits, troubles };
    for (const value of values(overview, shown?.fleet, settings)) publisher.want(value);
    shown = { fleet, troubles };
  }

  /** Home Assistant is told what it does not know yet. */
  function introduce(now: number): void {
    const chargers = confirmed(traffic.fleet);
    for (const announced of homeAssistant.tells(chargers, now)) publisher.want(announced);
    if (homeAssistant.asksAgain(now)) publisher.replay();
    if (!brokerUp) return;
    for (const topic of homeAssistant.subscribes(chargers)) outputs.push({ do: 'subscribe', topic });
  }

  function save(): void {
    const chargers = confirmed(traffic.fleet).map(record);
    const { announced } = homeAssistant;
    const content = JSON.stringify([chargers, announced]);
    if (content === saved) return;
    saved = content;
    outputs.push({ do: 'save', chargers, announced });
  }

  return {
    step(input, now) {
      outputs = [];
      take(input, now);
      traffic.ages(now);
      speak(now);
      leave(now);
      show(now);
      introduce(now);
      save();
      for (const publication of publisher.due(now)) outputs.push({ do: 'publish', ...publication });
      return outputs;
    },
    wakeAt: (now) => Math.min(traffic.wakeAt(now), publisher.nextAt, homeAssistant.nextAt, leaveBy),
  };
}
