// Topics under a prefix that this bridge had before: they are taken from the broker, unless another bridge lives there now.

import { isTwcId } from '../protocol/field.ts';
import { bridgeTopics } from './bridge-topics.ts';
import { chargerTopics } from './charger-topics.ts';
import type { Publication } from './publisher.ts';

/** What the broker holds comes within this time after the subscription, ms. */
const LOOK_FOR = 3_000;
const NEVER = Number.POSITIVE_INFINITY;

/** Looked at; held because another bridge says that it is online there; being emptied; empty. */
type State = 'looking' | 'foreign' | 'clearing' | 'done';

interface Place {
  readonly prefix: string;
  state: State;
  /** By topic what it holds. */
  readonly held: Map<string, string>;
}

export class EarlierTopics {
  readonly #instance: string;
  readonly #places: readonly Place[];
  #lookUntil = NEVER;

  /** `instance`: the name of this bridge. `prefixes`: those that it had before. */
  constructor(instance: string, prefixes: readonly string[]) {
    this.#instance = instance;
    this.#places = prefixes.map((prefix) => ({ prefix, state: 'looking', held: new Map() }));
  }

  /** The prefixes under which something of ours may still be. */
  get prefixes(): readonly string[] {
    return this.#places.flatMap(({ prefix, state }) => (state === 'done' ? [] : [prefix]));
  }

  /** Those of which it is not known that they are ours alone. */
  get undecided(): readonly string[] {
    return this.#places.flatMap(({ prefix, state }) => (state === 'looking' || state === 'foreign' ? [prefix] : []));
  }

  get subscriptions(): readonly string[] {
    return this.prefixes.map((prefix) => `${prefix}/#`);
  }

  /** The broker is there: what it holds is looked at. */
  connected(now: number): void {
    for (const place of this.#places) {
      if (place.state === 'done') continue;
      place.state = 'looking';
      place.held.clear();
    }
    this.#lookUntil = this.prefixes.length > 0 ? now + LOOK_FOR : NEVER;
  }

  received(topic: string, payload: string): void {
    const place = this.#places.find(({ prefix }) => topic.startsWith(`${prefix}/`));
    if (place?.state !== 'looking' || !isOurs(topic.slice(place.prefix.length + 1))) return;
    if (payload === '') place.held.delete(topic);
    else place.held.set(topic, payload);
  }

  /** What is to be emptied, once it is known; then `undecided` is another. Status goes last. */
  clear(now: number): readonly Publication[] {
    if (now < this.#lookUntil) return [];
    this.#lookUntil = NEVER;
    return this.#places.flatMap((place) => {
      if (place.state !== 'looking') return [];
      place.state = this.#isForeign(place) ? 'foreign' : place.held.size > 0 ? 'clearing' : 'done';
      if (place.state === 'done' || place.state === 'foreign') return [];
      const status = `${place.prefix}/status`;
      const others = [...place.held.keys()].filter((topic) => topic !== status);
      return [...others, ...(place.held.has(status) ? [status] : [])].map((topic) => ({ topic, payload: '' }));
    });
  }

  /** The broker took a publication; true if its topic is none of ours any more. */
  acknowledged(topic: string): boolean {
    const place = this.#places.find(({ state, held }) => state === 'clearing' && held.has(topic));
    if (!place) return false;
    place.held.delete(topic);
    if (place.held.size === 0) place.state = 'done';
    return true;
  }

  get wakeAt(): number {
    return this.#lookUntil;
  }

  #isForeign({ prefix, held }: Place): boolean {
    return held.get(`${prefix}/status`) === 'online' && held.get(`${prefix}/bridge/instance`) !== this.#instance;
  }
}

/** Whether a bridge publishes a topic of this name. */
function isOurs(name: string): boolean {
  const slash = name.indexOf('/');
  return name in bridgeTopics || (isTwcId(name.slice(0, slash)) && name.slice(slash + 1) in chargerTopics);
}
