// Our side of the conversation with Home Assistant: what it is told of the chargers and when, and what it says to us.

import type { Charger } from '../charger/charger.ts';
import type { Wanted } from '../topics/publisher.ts';
import { createAnnouncer } from './announcer.ts';
import type { DiscoverySettings } from './payloads.ts';

export interface HomeAssistant {
  /**
   * A message came on a topic that we subscribed to: `deleted` if somebody deleted an announcement of ours, `found` if it
   * is one that an earlier run left behind.
   */
  received(topic: string, payload: string, retained: boolean, now: number): 'deleted' | 'found' | undefined;
  /** What it is to be told of these chargers. */
  announcements(chargers: readonly Charger[], now: number): readonly Wanted[];
  /** What to subscribe to. */
  subscriptions(chargers: readonly Charger[]): readonly string[];
  /** The broker has taken a publication; true if its topic is not ours any more. */
  acknowledged(topic: string, payload: string, now: number): boolean;
  /** True once when everything is to be said again. */
  replayDue(now: number): boolean;
  /** The discovery topics that hold announcements of ours. */
  readonly announced: readonly string[];
  readonly wakeAt: number;
}

/** Home Assistant may lose entities to another version of an announcement that comes sooner. */
const ANNOUNCED_EVERY = 5_000;
/** After its birth message everything is said again within this time. */
const BIRTH_WITHIN = 3_000;
/** In a replay markers of a migration come first, then announcements, then all values. */
const MARKER_RANK = -1;
const RANK = 0;

/** `before`: topics that an earlier run announced. `random`: from 0 to 1, spreads the answers of many bridges. */
export function createHomeAssistant(
  settings: DiscoverySettings,
  before: readonly string[],
  random: () => number,
): HomeAssistant {
  const announcer = createAnnouncer(settings, before);
  const birthTopic = `${settings.prefix}/status`;
  let againAt = Number.POSITIVE_INFINITY;

  return {
    received(topic, payload, retained, now) {
      if (topic === birthTopic) {
        if (payload === 'online' && !retained) againAt = now + random() * BIRTH_WITHIN;
        return undefined;
      }
      return announcer.received(topic, payload);
    },
    announcements: (chargers, now) =>
      announcer.wants(chargers, now).map(({ topic, payload, first }) => ({
        topic,
        payload,
        limit: ANNOUNCED_EVERY,
        rank: first ? MARKER_RANK : RANK,
      })),
    subscriptions: (chargers) => [birthTopic, ...announcer.subscriptions(chargers)],
    acknowledged: (topic, payload, now) => announcer.acknowledged(topic, payload, now),
    replayDue(now) {
      if (now < againAt) return false;
      againAt = Number.POSITIVE_INFINITY;
      return true;
    },
    get announced() {
      return announcer.announced;
    },
    get wakeAt() {
      return Math.min(announcer.wakeAt, againAt);
    },
  };
}
