// Our side of the conversation with Home Assistant: what it is told of the chargers and when, what of an earlier run must
// go, and what was deleted there. Only topics that this bridge announced are ever cleared.

import type { Charger } from '../charger/charger.ts';
import type { TwcId } from '../protocol/field.ts';
import type { Wanted } from '../topics/publisher.ts';
import type { DiscoverySettings } from './devices.ts';
import { announcedAt, announcements, isBundle, isOfBridge, isOfCharger, isOurs } from './payloads.ts';

/** Makes Home Assistant let go of an entity so that another topic can take it over with its history. */
const MIGRATE = '{"migrate_discovery":true}';
/** Home Assistant takes over at its own pace; the old topic is emptied after that. */
const MIGRATES_WITHIN = 5_000;
/** Home Assistant may lose entities to another version of an announcement that comes sooner. */
const ANNOUNCED_EVERY = 5_000;
/** After its birth message everything is said again within this time. */
const BIRTH_WITHIN = 3_000;
/** When all is said again, markers of a migration come first, then announcements, then all values. */
const MARKER_RANK = -1;
const RANK = 0;
const NEVER = Number.POSITIVE_INFINITY;

/** An announcement on its way out: marked, taken over by the other form (and emptied at this time), or to be emptied now. */
type Removal =
  | { readonly type: 'migrating' }
  | { readonly type: 'migrated'; readonly until: number }
  | { readonly type: 'clearing' };

export class Announcer {
  readonly #settings: DiscoverySettings;
  readonly #random: () => number;
  readonly #birthTopic: string;
  readonly #announced: Set<string>;
  readonly #removing = new Map<string, Removal>();
  readonly #deleted = new Set<string>();
  #listed: readonly string[];
  /** What is announced may be another than what is listed. */
  #unlisted = true;
  #wanted: ReadonlyMap<string, string> = new Map();
  #replayAt = NEVER;
  #held: readonly string[] = [];

  /** `before`: the topics that an earlier run announced. `random`: from 0 to 1, spreads the answers of many bridges. */
  constructor(settings: DiscoverySettings, before: readonly string[], random: () => number) {
    this.#settings = settings;
    this.#random = random;
    this.#birthTopic = `${settings.prefix}/status`;
    this.#announced = new Set(before);
    this.#listed = before;
  }

  /** What the discovery topics should hold now. */
  announcements(chargers: readonly Charger[], now: number): readonly Wanted[] {
    this.#wanted = new Map(
      announcements(chargers, this.#settings, this.#announced).map(({ topic, payload }) => [topic, payload]),
    );
    this.#removeUnwanted(now);
    const leaving = [...this.#removing].filter(([topic]) => !this.#wanted.has(topic));
    const staying = [...this.#wanted].filter(([topic]) => !this.#deleted.has(topic));
    for (const [topic] of staying) {
      this.#add(topic);
      this.#removing.delete(topic);
    }
    return [
      ...leaving.map(([topic, { type }]) =>
        type === 'clearing' ? { ...wanted(topic, '', RANK), last: true } : wanted(topic, MIGRATE, MARKER_RANK),
      ),
      ...staying.map(([topic, payload]) => wanted(topic, payload, RANK)),
    ];
  }

  /**
   * Another bridge may own the announcements of these topic prefixes: they are not cleared. True if these are not the same
   * as before.
   */
  hold(prefixes: readonly string[]): boolean {
    if (prefixes.length === 0 && this.#held.length === 0) return false;
    if (prefixes.join() === this.#held.join()) return false;
    this.#held = prefixes;
    return true;
  }

  /** The broker has taken a publication. */
  acknowledged(topic: string, payload: string, now: number): void {
    const removal = this.#removing.get(topic);
    if (removal?.type === 'migrating' && payload === MIGRATE) {
      this.#removing.set(topic, { type: 'migrated', until: now + MIGRATES_WITHIN });
    }
    if (removal?.type !== 'clearing' || payload !== '') return;
    this.#removing.delete(topic);
    this.#delete(topic);
  }

  /**
   * A message came on a topic that we subscribed to: `deleted` if an announcement of ours was deleted in Home Assistant,
   * `found` if it is one that an earlier run left behind and that is not wanted any more.
   */
  received(topic: string, payload: string, retained: boolean, now: number): 'deleted' | 'found' | undefined {
    if (topic === this.#birthTopic) {
      if (payload === 'online' && !retained) this.#replayAt = now + this.#random() * BIRTH_WITHIN;
      return undefined;
    }
    const isWanted = this.#wanted.has(topic);
    if (payload !== '' && !isWanted && !this.#announced.has(topic) && isOurs(payload)) {
      this.#add(topic);
      return 'found';
    }
    if (payload !== '' || !isWanted || this.#deleted.has(topic)) return undefined;
    this.#deleted.add(topic);
    this.#delete(topic);
    return 'deleted';
  }

  /** Whether all that was told of a charger is deleted in Home Assistant, now that a message came on this topic. */
  isDeleted(charger: TwcId, by: string): boolean {
    if (!this.#deleted.has(by) || !isOfCharger(by, charger, this.#settings)) return false;
    const told = [...this.#wanted.keys()].filter((topic) => isOfCharger(topic, charger, this.#settings));
    return told.every((topic) => this.#deleted.has(topic));
  }

  /** A charger is not known any more: it is announced again once it is. */
  forget(charger: TwcId): void {
    const isOthers = (topic: string) => !isOfCharger(topic, charger, this.#settings);
    this.#wanted = new Map([...this.#wanted].filter(([topic]) => isOthers(topic)));
    for (const topic of this.#deleted) if (!isOthers(topic)) this.#deleted.delete(topic);
  }

  /** The topics that hold an announcement whatever chargers there are, as long as nobody deletes it. */
  get always(): readonly string[] {
    return announcements([], this.#settings)
      .slice(0, 1)
      .map(({ topic }) => topic);
  }

  /** What to subscribe to: under these patterns the chargers and the bridge are announced. */
  subscriptions(chargers: readonly Charger[]): readonly string[] {
    const ids: (TwcId | undefined)[] = [undefined, ...chargers.map(({ id }) => id)];
    return [this.#birthTopic, ...ids.flatMap((id) => announcedAt(id, this.#settings))];
  }

  /** True once when everything is to be said again. */
  replayDue(now: number): boolean {
    if (now < this.#replayAt) return false;
    this.#replayAt = NEVER;
    return true;
  }

  /** The topics that hold an announcement of ours, to be saved; the same list while they are the same. */
  get announced(): readonly string[] {
    if (!this.#unlisted) return this.#listed;
    this.#unlisted = false;
    const announced = this.#announced;
    if (this.#listed.length !== announced.size || this.#listed.some((topic) => !announced.has(topic))) {
      this.#listed = [...announced].sort();
    }
    return this.#listed;
  }

  /** When something else is to be announced although nothing happened. */
  get wakeAt(): number {
    let next = this.#replayAt;
    for (const one of this.#removing.values()) if (one.type === 'migrated') next = Math.min(next, one.until);
    return next;
  }

  #add(topic: string): void {
    if (!this.#announced.has(topic)) this.#unlisted = true;
    this.#announced.add(topic);
  }

  #delete(topic: string): void {
    this.#unlisted = true;
    this.#announced.delete(topic);
  }

  #removeUnwanted(now: number): void {
    for (const topic of this.#announced) {
      if (this.#wanted.has(topic) || this.#deleted.has(topic) || this.#isHeld(topic)) continue;
      const removal = this.#removing.get(topic);
      if (!removal) this.#removing.set(topic, { type: this.#isOtherForm(topic) ? 'migrating' : 'clearing' });
      else if (removal.type === 'migrated' && removal.until <= now) this.#removing.set(topic, { type: 'clearing' });
    }
  }

  #isHeld(topic: string): boolean {
    return this.#held.some((topicPrefix) => isOfBridge(topic, { prefix: this.#settings.prefix, topicPrefix }));
  }

  /** Whether the same entities are announced in the other form now, which takes them over. */
  #isOtherForm(topic: string): boolean {
    const { mode } = this.#settings;
    return mode !== 'off' && isBundle(topic, this.#settings) !== (mode === 'device');
  }
}

function wanted(topic: string, payload: string, rank: number): Wanted {
  return { topic, payload, limit: ANNOUNCED_EVERY, rank };
}
