// Topics under a prefix that this bridge had before: they are taken from the broker, unless another bridge lives there now.

import { isTwcId } from '../protocol/field.ts';
import { bridgeTopics } from './bridge-topics.ts';
import { chargerTopics } from './charger-topics.ts';
import type { Publication } from './publisher.ts';

/** What the broker holds comes within this time after the subscription, and so does what another bridge answers, ms. */
const LOOK_FOR = 3_000;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Looked at; asked whether a bridge lives there, since one that is online says so again when its status is emptied; held
 * because one does; being emptied; empty.
 */
type State = 'looking' | 'asking' | 'foreign' | 'clearing' | 'done';

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
  #prefixes: readonly string[] = [];

  /** `instance`: the name of this bridge. `prefixes`: those that it had before. */
  constructor(instance: string, prefixes: readonly string[]) {
    this.#instance = instance;
    this.#places = prefixes.map((prefix) => ({ prefix, state: 'looking', held: new Map() }));
  }

  /** The prefixes under which something of ours may still be; the same list as long as it is the same. */
  get prefixes(): readonly string[] {
    const left = this.#places.filter(({ state }) => state !== 'done');
    if (left.length !== this.#prefixes.length) this.#prefixes = left.map(({ prefix }) => prefix);
    return this.#prefixes;
  }

  /** Those of which it is not known that they are ours alone. */
  get undecided(): readonly string[] {
    return this.#places.flatMap(({ prefix, state }) => (state === 'clearing' || state === 'done' ? [] : [prefix]));
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
    if (place?.state === 'asking' && topic === statusOf(place) && payload === 'online') place.state = 'foreign';
    if (place?.state !== 'looking' || !isOurs(topic.slice(place.prefix.length + 1))) return;
    if (payload === '') place.held.delete(topic);
    else place.held.set(topic, payload);
  }

  /** What is to be emptied, once it is known; then `undecided` is another. */
  clear(now: number): readonly Publication[] {
    if (now < this.#lookUntil) return [];
    this.#lookUntil = NEVER;
    return this.#places.flatMap((place) => this.#emptied(place)).map((topic) => ({ topic, payload: '' }));
  }

  /** The broker took a publication. */
  acknowledged(topic: string, now: number): void {
    const place = this.#places.find(
      ({ state, held }) => (state === 'asking' || state === 'clearing') && held.has(topic),
    );
    if (!place) return;
    place.held.delete(topic);
    if (place.state === 'asking') this.#lookUntil = now + LOOK_FOR;
    else if (place.held.size === 0) place.state = 'done';
  }

  get wakeAt(): number {
    return this.#lookUntil;
  }

  /** The topics to empty now; the state goes on. */
  #emptied(place: Place): readonly string[] {
    const { state, held } = place;
    if (state !== 'looking' && state !== 'asking') return [];
    const isOnline = held.get(statusOf(place)) === 'online';
    if (isOnline && state === 'looking') {
      const isAnothers = held.get(`${place.prefix}/bridge/instance`) !== this.#instance;
      place.state = isAnothers ? 'foreign' : 'asking';
      return isAnothers ? [] : [statusOf(place)];
    }
    place.state = held.size > 0 ? 'clearing' : 'done';
    // Status goes last: until then it says that the rest is not to be believed.
    return [...held.keys()].sort((a, b) => Number(a === statusOf(place)) - Number(b === statusOf(place)));
  }
}

function statusOf({ prefix }: Place): string {
  return `${prefix}/status`;
}

/** Whether a bridge publishes a topic of this name. */
function isOurs(name: string): boolean {
  const slash = name.indexOf('/');
  return name in bridgeTopics || (isTwcId(name.slice(0, slash)) && name.slice(slash + 1) in chargerTopics);
}
