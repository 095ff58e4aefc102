// The broker's side of the heart: everybody who listens there is given every value, and Home Assistant beside that what the
// chargers are. Commands are not looked at here.

import type { Charger } from './charger/charger.ts';
import type { SavedCharger } from './charger/saved.ts';
import { createHomeAssistant } from './home-assistant/home-assistant.ts';
import type { DiscoverySettings } from './home-assistant/payloads.ts';
import { createPublisher, type Publication, type Wanted } from './topics/publisher.ts';
import { createReadBack } from './topics/read-back.ts';

export interface MqttSettings {
  readonly topicPrefix: string;
  readonly discovery: DiscoverySettings;
  /** The discovery topics that hold announcements of an earlier run. */
  readonly announced: readonly string[];
  /** From 0 to 1: spreads the answers of many bridges to one Home Assistant. */
  readonly random: () => number;
  /** What commands come under. */
  readonly commands: readonly string[];
}

type Log = (level: 'warn' | 'info', text: string) => void;

/** Times are monotonic milliseconds. */
export interface Mqtt {
  /** The broker is there, or gone. */
  broker(up: boolean): void;
  /** The broker took the last publication of this topic, or refused it. */
  acknowledged(topic: string, refused: boolean, now: number): void;
  received(topic: string, payload: string, retained: boolean, now: number): void;
  publish(values: readonly Wanted[]): void;
  /** This topic is due once more. */
  repeat(topic: string): void;
  /** Nobody is told that we are there any more. */
  shutdown(): void;
  /** What to subscribe to and to publish now. `records` are the same list as long as these chargers are the same. */
  due(chargers: readonly Charger[], records: readonly SavedCharger[], now: number): Due;
  /** The discovery topics that hold announcements of ours; the same list while they are the same. */
  readonly announced: readonly string[];
  readonly wakeAt: number;
}

interface Due {
  readonly subscriptions: readonly string[];
  readonly publications: readonly Publication[];
}

/** What an earlier run announced comes from the broker right after subscribing; look at it before announcing anew. */
const LOOK_FIRST = 200;
const NEVER = Number.POSITIVE_INFINITY;

export function createMqtt(settings: MqttSettings, log: Log): Mqtt {
  const homeAssistant = createHomeAssistant(settings.discovery, settings.announced, settings.random);
  const publisher = createPublisher();
  const readBack = createReadBack(settings.topicPrefix, publisher.repeat, log);
  const subscribed = new Set<string>();
  let subscriptions: string[] = [];
  let up = false;
  let tellAt = NEVER;
  let introduced: readonly SavedCharger[] | undefined;

  function subscribe(topics: readonly string[]): void {
    const fresh = topics.filter((topic) => !subscribed.has(topic));
    for (const topic of fresh) subscribed.add(topic);
    subscriptions.push(...fresh);
  }

  /** Home Assistant is told what it does not know yet. */
  function introduce(chargers: readonly Charger[], records: readonly SavedCharger[], now: number): void {
    if (homeAssistant.replayDue(now)) publisher.replay();
    if (!up) return;
    if (records !== introduced) {
      introduced = records;
      subscribe(homeAssistant.subscriptions(chargers));
      tellAt = Math.min(tellAt, now + LOOK_FIRST);
    }
    if (now < Math.min(tellAt, homeAssistant.wakeAt)) return;
    tellAt = NEVER;
    for (const announced of homeAssistant.announcements(chargers, now)) publisher.want(announced);
  }

  return {
    broker(isUp) {
      up = isUp;
      subscribed.clear();
      introduced = undefined;
      tellAt = NEVER;
      readBack.connection(up);
      if (!up) return publisher.disconnected();
      publisher.connected();
      subscribe([readBack.topic, ...settings.commands]);
    },
    acknowledged(topic, refused, now) {
      if (!refused) readBack.acknowledged(topic, now);
      const payload = publisher.acknowledged(topic);
      if (payload !== undefined && homeAssistant.acknowledged(topic, payload, now)) publisher.forget(topic);
    },
    received(topic, payload, retained, now) {
      readBack.received(topic, payload, retained);
      const heard = homeAssistant.received(topic, payload, retained, now);
      if (heard === 'found') introduced = undefined;
      if (heard !== 'deleted') return;
      publisher.forget(topic);
      log('info', `${topic}: deleted in Home Assistant, not announced again before a restart`);
    },
    publish(values) {
      for (const value of values) publisher.want(value);
    },
    repeat: publisher.repeat,
    shutdown: () => readBack.connection(false),
    due(chargers, records, now) {
      introduce(chargers, records, now);
      readBack.advance(now);
      const due = { subscriptions, publications: publisher.due(now) };
      subscriptions = [];
      return due;
    },
    get announced() {
      return homeAssistant.announced;
    },
    get wakeAt() {
      const telling = up ? Math.min(homeAssistant.wakeAt, tellAt) : NEVER;
      return Math.min(publisher.wakeAt, readBack.wakeAt, telling);
    },
  };
}
