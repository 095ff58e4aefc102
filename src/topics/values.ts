// The catalogue read off: every topic with the payload that it should have now.

import type { Fleet } from '../charger/fleet.ts';
import { bridgeTopics } from './bridge-topics.ts';
import { chargerTopics } from './charger-topics.ts';
import type { Wanted } from './publisher.ts';
import type { Overview } from './row.ts';

export interface TopicSettings {
  readonly topicPrefix: string;
  /** Milliseconds between two updates of one topic; 0 publishes every change. */
  readonly ratelimit: number;
  /** Other limits for single topics, by the name they have below the prefix or the charger: `state`, `all/totalAmpsInUse`. */
  readonly ratelimitOverrides: Readonly<Record<string, number>>;
}

const rowsOfCharger = Object.entries(chargerTopics);
const rowsOfBridge = Object.entries(bridgeTopics);

/** In a replay values come first, then who is available, then that the bridge is. */
const ranks: Readonly<Record<string, number>> = { availability: 2, status: 3 };

/** The topics of the bridge and of the chargers that are not the same as in `shown`. Unknown values are left out. */
export function values(overview: Overview, shown: Fleet | undefined, settings: TopicSettings): Wanted[] {
  const found: Wanted[] = [];
  const add = (name: string, place: string, row: { readonly urgent?: true }, payload: string | undefined) => {
    if (payload === undefined) return;
    const limit = row.urgent ? 0 : (settings.ratelimitOverrides[name] ?? settings.ratelimit);
    found.push({ topic: `${settings.topicPrefix}/${place}${name}`, payload, limit, rank: ranks[name] ?? 1 });
  };
  for (const charger of overview.chargers) {
    if (shown?.get(charger.id) === charger) continue;
    for (const [name, row] of rowsOfCharger) add(name, `${charger.id}/`, row, row.value(charger, overview));
  }
  for (const [name, row] of rowsOfBridge) add(name, '', row, row.value(overview));
  return found;
}
